"""The folder for what is expensive to make and can be made again."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """Where builds and results are kept by content; it may be deleted at any time.

    Returns
    -------
    Path
        ``GRUS_CACHE``; without it ``grus`` in ``XDG_CACHE_HOME``, or else in ``.cache`` of the
        home folder. It need not exist yet.
    """
    chosen = os.environ.get("GRUS_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "grus"
