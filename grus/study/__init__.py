"""Studies: many layers on many machines, compared, swept and drawn."""
