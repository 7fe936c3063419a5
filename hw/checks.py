"""Checks that the parameter sets share: each says name, requirement and value.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral

__all__ = ["require", "require_power_of_two", "require_ranges"]


def require(holds: bool, text: str) -> None:
    """Raise ValueError with `text` unless `holds`."""
    if not holds:
        raise ValueError(text)


def require_power_of_two(name: str, value: int) -> None:
    """Raise ValueError unless `value`, which is at least 1, is a power of two."""
    require(value & (value - 1) == 0, f"{name} must be a power of two, not {value}")


def require_ranges(parameters: object, ranges: Mapping[str, tuple[int, int]]) -> None:
    """Check integer attributes.

    Parameters
    ----------
    parameters : object
        What has the attributes.
    ranges : mapping of str to (int, int)
        Smallest and largest legal value of each.

    Raises
    ------
    TypeError
        If one is not an integer; a bool is none.
    ValueError
        If one is out of range.
    """
    for name, (low, high) in ranges.items():
        value = getattr(parameters, name)
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise TypeError(f"{name} must be an integer, not {value!r}")
        require(low <= int(value) <= high, f"{name} must be in {low}..{high}, not {value}")
