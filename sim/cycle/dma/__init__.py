"""The accelerator around the array, and its memory, cycle by cycle."""
