"""Combinational building blocks."""
