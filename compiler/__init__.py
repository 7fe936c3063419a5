"""Networks to programs: tiles, streams and what the golden model expects of them."""
