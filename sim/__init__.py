"""When: what plays the RTL, and the cycle models."""
