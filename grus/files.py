"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["whole_file", "write_bytes"]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a place to write to; it becomes `path` when the block ends without an error.

    Parameters
    ----------
    path : Path
        The file to be; its folder is made where it is missing.

    Yields
    ------
    Path
        An unfinished file beside it, with the same suffix.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield unfinished
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with whole_file(path) as unfinished:
        unfinished.write_bytes(content)
