"""Layers as cycle models see them: where weights and activations are not zero."""
