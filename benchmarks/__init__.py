"""Figures, each with its command; see README.md in this folder."""
