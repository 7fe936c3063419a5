"""Cambricon-X: the baseline that skips zero weights only, around Crane's RAMs and arithmetic."""
