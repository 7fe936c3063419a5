"""With what gates: Amaranth components that emit plain Verilog."""
