"""Run-length encoder and decoder."""
