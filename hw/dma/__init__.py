"""Memory access: AXI4 masters that read and write runs of words."""
