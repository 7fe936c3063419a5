"""Cycle model of Crane: the RTL's counters, cycle for cycle, from the operands' zeros alone."""
