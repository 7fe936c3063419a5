"""Tensors as they lie in memory."""
