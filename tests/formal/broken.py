"""Broken variants of components: the same source with one text replaced."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

__all__ = ["Break", "plant"]


class Break(NamedTuple):
    """One change, and the claim that it must refute.

    Attributes
    ----------
    claim : str
        Name of the claim.
    module : str
        Module below ``grus.hw``.
    old, new : str
        Text that occurs exactly once in the module, and what takes its place.
    """

    claim: str
    module: str
    old: str
    new: str


def plant(monkeypatch, change: Break) -> None:
    """Let everybody use the changed module, until the test ends.

    The file stays as it is: a changed copy is executed, and its classes take the place of the
    original ones wherever they have been imported.
    """
    original = importlib.import_module(f"grus.hw.{change.module}")
    source = Path(original.__file__).read_text(encoding="utf-8")
    if source.count(change.old) != 1:
        raise ValueError(
            f"{change.module} must hold {change.old!r} once, not {source.count(change.old)} times"
        )
    copy = ModuleType(f"{change.module} (broken)")
    exec(compile(source.replace(change.old, change.new), copy.__name__, "exec"), vars(copy))
    for name in original.__all__:
        _replace(monkeypatch, name, getattr(original, name), getattr(copy, name))


def _replace(monkeypatch, name: str, old, new) -> None:
    for user in list(sys.modules.values()):
        if getattr(user, "__dict__", {}).get(name) is old:
            monkeypatch.setattr(user, name, new)
