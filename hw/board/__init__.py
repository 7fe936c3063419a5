"""What an FPGA board needs around the accelerator: a memory, and a host behind a serial line."""
