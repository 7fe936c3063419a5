"""Compiling with numba: results are kept on disk, and never outlive the source they come from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba

from grus.cache import cache_folder, fingerprint

__all__ = ["compiled"]


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function; it runs without Python's lock.

    numba looks for changes only in the file that a function stands in, not in those that it calls
    into, so what it keeps lies in a folder named after the content of all files beside it.
    """
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(_kept(Path(function.__code__.co_filename).parent))
    try:
        return numba.njit(function, cache=True, nogil=True, error_model="numpy")
    finally:
        config.CACHE_DIR = before


@cache
def _kept(folder: Path) -> Path:
    sources = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))]
    return cache_folder() / "numba" / fingerprint(numba.__version__, *sources)
