"""What both players of the array share: rounds and their operands, counters, idle time."""
