"""The array again, element by element in plain code: slower, and a check on the other way."""
