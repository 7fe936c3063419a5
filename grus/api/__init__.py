"""Compile and run networks: what the command line and notebooks call."""
