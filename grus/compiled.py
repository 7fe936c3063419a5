"""Compiling with numba: results are kept on disk, and never outlive the source they come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba

from grus.cache import cache_folder, fingerprint

__all__ = ["borrowing", "compiled", "inlined"]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function; it runs without Python's lock.

    numba looks for changes only in the file that a function stands in, not in those that it calls
    into, so what it keeps lies in a folder named after the content of all files of its room, and
    of those beside this one.
    """
    return _compile(function)


def borrowing(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that only borrows arrays: it makes none, and counts no references.

    Counting is atomic, and costs more than the work itself where a loop's body is short.
    """
    return _compile(function, _nrt=False)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function that borrows arrays into whatever calls it: a piece of such a loop."""
    return _compile(function, _nrt=False, forceinline=True)


def _compile(function: Callable[..., Any], **options: Any) -> Callable[..., Any]:
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_kept(Path(function.__code__.co_filename).parent))
    try:
        return numba.njit(function, cache=True, nogil=True, error_model="numpy", **options)
    finally:
        config.CACHE_DIR = before


@cache
def _kept(folder: Path) -> Path:
    room = folder
    while _is_package(room.parent) and _is_package(room.parent.parent):
        room = room.parent
    files = sorted(room.rglob("*.py")) + sorted(Path(__file__).parent.glob("*.py"))
    sources = [path.read_text(encoding="utf-8") for path in files]
    return cache_folder() / "numba" / fingerprint(numba.__version__, *sources)


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").is_file()
