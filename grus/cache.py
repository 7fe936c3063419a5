"""The folder for what is expensive to make and can be made again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

__all__ = ["cache_folder", "find_or_make", "fingerprint"]


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


def fingerprint(*texts: str) -> str:
    """Sixteen characters that tell content apart: part of the name of what is made from it."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def find_or_make(folder: Path, make: Callable[[Path], None]) -> Path:
    """Find a folder finished, or make it; nothing is left of one that cannot be made.

    Parameters
    ----------
    folder : Path
        The folder.
    make : callable
        Fills the empty folder that it is given, which gets the name `folder` afterwards.

    Returns
    -------
    Path
        `folder`.
    """
    if not folder.exists():
        # Only a finished folder gets its name: another process may be making the same.
        unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
        try:
            unfinished.mkdir(parents=True)
            make(unfinished)
            with contextlib.suppress(OSError):  # the other process was faster
                unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return folder
