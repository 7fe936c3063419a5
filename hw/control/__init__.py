"""What a host sees of a machine: its registers."""
