"""What it costs: area from Yosys."""
