"""The machine as a whole, and what works through its tiles."""
