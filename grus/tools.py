"""What all rooms say about programs that are not part of Grus."""

__all__ = ["MissingToolError"]


class MissingToolError(Exception):
    """A program that the job needs is not installed."""
