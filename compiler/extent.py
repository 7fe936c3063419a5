"""Ranges of channels, rows and columns."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Extent", "cut", "share"]


class Extent(NamedTuple):
    """Neighbouring things, from `start` up to but without `stop`."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many they are."""
        return self.stop - self.start

    def within(self, length: int) -> Extent:
        """The part that lies in 0..length; empty if there is none."""
        start = min(max(self.start, 0), length)
        return Extent(start, max(min(self.stop, length), start))

    def moved(self, distance: int) -> Extent:
        """The same, `distance` further on."""
        return Extent(self.start + distance, self.stop + distance)

    def slice(self) -> slice:
        """The same as an index of an array."""
        return slice(self.start, self.stop)


def cut(length: int, size: int) -> list[Extent]:
    """Cut `length` things into pieces of `size`; the last may be smaller.

    Examples
    --------
    >>> cut(5, 2)
    [Extent(start=0, stop=2), Extent(start=2, stop=4), Extent(start=4, stop=5)]
    """
    return [Extent(start, min(start + size, length)) for start in range(0, length, size)]


def share(length: int, pieces: int, *, multiple: int = 1) -> int:
    """Size of a piece when `length` things are cut into `pieces` of equal multiples.

    Examples
    --------
    >>> share(100, 3), share(100, 3, multiple=16)
    (34, 48)
    """
    size = -(-length // pieces)
    return -(-size // multiple) * multiple
