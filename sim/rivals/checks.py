"""Checks of the machines' parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grus.golden.checks import require_int

__all__ = ["require_choice", "require_flag", "require_name", "require_ranges"]


def require_ranges(config: Any, ranges: Mapping[str, tuple[int, int]]) -> None:
    """Raise TypeError or ValueError unless each parameter is an integer in its range."""
    for name, (low, high) in ranges.items():
        require_int(name, getattr(config, name), low, high)


def require_choice(config: Any, name: str, choices: tuple[str, ...]) -> None:
    """Raise ValueError unless a parameter is one of several words."""
    if getattr(config, name) not in choices:
        raise ValueError(
            f"{name} must be one of {', '.join(choices)}, not {getattr(config, name)!r}"
        )


def require_flag(config: Any, name: str) -> None:
    """Raise TypeError unless a parameter is True or False."""
    if not isinstance(getattr(config, name), bool):
        raise TypeError(f"{name} must be True or False, not {getattr(config, name)!r}")


def require_name(config: Any) -> None:
    """Raise TypeError unless the machine has a name."""
    if not isinstance(config.name, str) or not config.name:
        raise TypeError(f"name must be a text of at least one character, not {config.name!r}")
