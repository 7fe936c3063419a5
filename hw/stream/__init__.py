"""Parts that know nothing but streams."""
