"""Compiling with numba: results are kept on disk, and never outlive the source they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba

from grus.cache import cache_folder

__all__ = ["compiled"]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function; it runs without Python's lock.

    numba looks for changes only in the file that a function stands in, not in those that it calls
    into, so what it keeps lies in a folder named after all of this room.
    """
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_kept())
    try:
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")
    finally:
        config.CACHE_DIR = before


@cache
def _kept() -> Path:
    digest = hashlib.sha256(numba.__version__.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return cache_folder() / "numba" / digest.hexdigest()[:16]
