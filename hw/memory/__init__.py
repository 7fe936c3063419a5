"""RAMs, and the crossbars and arbiters in front of them."""
