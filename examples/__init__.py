"""Networks that ship with the project."""
