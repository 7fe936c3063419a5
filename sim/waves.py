"""Waveforms: what files they go to, and what Verilator must be told to record them."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from grus.tools import MissingToolError

__all__ = ["KINDS", "require_kind", "waves_arguments"]

KINDS = (".fst", ".vcd")


def waves_arguments(path: Path | None) -> list[str]:
    """Verilator's arguments for a file of waveforms; none for none.

    Raises
    ------
    ValueError
        If the file's suffix is none of `KINDS`.
    MissingToolError
        If Verilator needs headers that are not installed.
    """
    if path is None:
        return []
    require_kind(path, KINDS)
    if path.suffix == ".vcd":
        return ["--trace-vcd"]
    if not _compiles("#include <lz4.h>\n#include <zlib.h>\n"):
        raise MissingToolError(
            "waveforms as .fst need lz4.h and zlib.h, and they are not installed: install "
            "liblz4-dev and zlib1g-dev, or name the file .vcd"
        )
    return ["--trace-fst"]


def require_kind(path: Path, kinds: Sequence[str]) -> None:
    """Raise ValueError if the file's suffix is none of these."""
    if path.suffix not in kinds:
        raise ValueError(f"waveforms must go to a file {' or '.join(kinds)}, not {path.name}")


def _compiles(source: str) -> bool:
    command = ["g++", "-E", "-x", "c++", "-"]
    return not subprocess.run(command, input=source.encode(), capture_output=True).returncode
