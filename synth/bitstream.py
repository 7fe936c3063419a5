"""The way from a design to what configures the FPGA of a board."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amaranth.lib.wiring import Component

from grus.hw.board.board_top import BoardTop
from grus.hw.board.config import BoardConfig
from grus.hw.emit import to_rtlil
from grus.synth.boards import Board
from grus.synth.fpga import report_fpga
from grus.synth.fpga_flow import FpgaFlow, Resources
from grus.synth.nextpnr import Routed, nextpnr_version, pack, place_and_route
from grus.synth.yosys import run_yosys, yosys_version

__all__ = ["STAGES", "Bitstream", "Told", "make_bitstream", "require_fit", "require_memory"]

STAGES = ("generate", "estimate", "synthesise", "place and route", "pack")
_TOP = "top"
# Modules by themselves take more than all of them as one, whose tables cross their borders: of
# crane-is-tiny by 6 %. What is beyond this need not be tried.
_SURELY_TOO_LARGE = 1.25
_BLOCK_RAM_BYTES = 2048  # DP16KD, whose ninth bits are of no use here
Told = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Bitstream:
    """What configures an FPGA, and what it takes of it.

    Attributes
    ----------
    device : str
        The FPGA.
    device_has : Resources
        What it has.
    tools : tuple of str
        Programs and their versions.
    clock_hz, achieved_hz : float
        Clock that was asked for, and the fastest that place and route vouches for [Hz].
    synthesised, routed : Resources
        What the design takes by synthesis, and by place and route.
    seconds, cpu_seconds : dict of str to float
        Time of each of :data:`STAGES`, and that of processors: it is less on a busy machine.
    files : dict of str to bytes
        By suffix: the bitstream, and what it was made from.
    """

    device: str
    device_has: Resources
    tools: tuple[str, ...]
    clock_hz: float
    achieved_hz: float
    synthesised: Resources
    routed: Resources
    seconds: dict[str, float]
    cpu_seconds: dict[str, float]
    files: dict[str, bytes]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            **{"device": self.device, "tools": list(self.tools)},
            "clock_mhz": {"asked": self.clock_hz / 1e6, "achieved": self.achieved_hz / 1e6},
            "device_has": self.device_has._asdict(),
            "synthesised": self.synthesised._asdict(),
            "routed": self.routed._asdict(),
            "seconds": {**self.seconds, "all": sum(self.seconds.values())},
            "cpu_seconds": {**self.cpu_seconds, "all": sum(self.cpu_seconds.values())},
            "bitstream_bytes": len(self.files[".bit"]),
        }


def make_bitstream(
    make_system: Callable[[], Component],
    board: Board,
    *,
    name: str,
    clock_hz: int,
    seed: int = 1,
    tell: Told = lambda stage: None,
) -> Bitstream:
    """Make what configures the FPGA of a board.

    Parameters
    ----------
    make_system : callable
        Gives what goes onto it, with the ports of
        :class:`grus.hw.board.board_system.BoardSystem`.
    board : Board
        The board.
    name : str
        The design's name, for messages.
    clock_hz : int
        Its clock [Hz].
    seed : int
        Where placement starts.
    tell : callable
        Is told each stage when it begins.

    Raises
    ------
    MissingToolError
        If a program or the board's description is not installed.
    ValueError
        If the design does not fit the FPGA, or cannot have this clock.
    RuntimeError
        If Yosys or ecppack rejects the design.
    """
    tools, platform = (yosys_version(), nextpnr_version()), board.make_platform()
    clocks = _Clocks(tell)
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        with clocks.timed(STAGES[0]):
            system = make_system()
            rtlil = to_rtlil(system)
            top = BoardTop(type(system).__name__, rtlil, clock_hz)
            script = _write_sources(top, platform, folder)
        with clocks.timed(STAGES[1]):
            estimate = report_fpga(rtlil, FpgaFlow(board.family)).total
        require_fit(name, estimate, board, beyond=_SURELY_TOO_LARGE)
        with clocks.timed(STAGES[2]):
            taken = _synthesise(script, board, folder)
        require_fit(name, taken, board)
        with clocks.timed(STAGES[3]):
            routed = place_and_route(_TOP, board, seed, folder=folder)
        _require_clock(name, clock_hz, routed)
        with clocks.timed(STAGES[4]):
            pack(_TOP, folder=folder)
        kept = {".bit": "top.bit", ".lpf": "top.lpf", ".il": "system.il", ".log": "top.tim"}
        files = {suffix: (folder / file).read_bytes() for suffix, file in kept.items()}
    return Bitstream(
        device=board.fpga.device,
        device_has=board.fpga.has,
        tools=tools,
        clock_hz=clock_hz,
        achieved_hz=routed.achieved_hz,
        synthesised=taken,
        routed=routed.taken,
        seconds=clocks.seconds,
        cpu_seconds=clocks.cpu_seconds,
        files=files,
    )


class _Clocks:
    """How long each stage took."""

    def __init__(self, tell: Told):
        self._tell = tell
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        self._tell(stage)
        start, cpu_start = time.monotonic(), sum(os.times()[:4])
        yield
        self.seconds[stage] = time.monotonic() - start
        self.cpu_seconds[stage] = sum(os.times()[:4]) - cpu_start


def _write_sources(top: BoardTop, platform: Any, folder: Path) -> str:
    """Write all that the tools read; returns what Yosys is to do before it maps."""
    plan = platform.prepare(top, name=_TOP, emit_src=False)
    for file, content in plan.files.items():
        data = content.encode() if isinstance(content, str) else content
        (folder / file).write_bytes(data)
    reads = (folder / f"{_TOP}.ys").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in reads if line.startswith("read_"))


def _synthesise(script: str, board: Board, folder: Path) -> Resources:
    run_yosys(
        f"{script}\n{board.fpga.command} -top {_TOP}\ntee -q -o cells.json stat -json\n"
        f"write_json {_TOP}.json\n",
        folder=folder,
    )
    report = json.loads((folder / "cells.json").read_text(encoding="utf-8"))
    return board.fpga.resources(report["modules"][f"\\{_TOP}"]["num_cells_by_type"])


def require_memory(config: BoardConfig, board: Board) -> None:
    """Refuse a memory that alone takes more block RAMs than there are, before all else.

    Raises
    ------
    ValueError
        If it does.
    """
    most = board.fpga.has.block_rams * _BLOCK_RAM_BYTES
    if config.memory_bytes > most:
        raise ValueError(
            f"memory must be at most {most // 1024} KB, which is what the block RAMs of an "
            f"{board.fpga.device} hold, not {config.memory_bytes // 1024} KB: a smaller --memory-kb"
        )


def require_fit(name: str, taken: Resources, board: Board, *, beyond: float = 1.0) -> None:
    """Refuse a design that takes more of an FPGA than there is.

    Parameters
    ----------
    name : str
        The design's name.
    taken : Resources
        What it takes.
    board : Board
        The board.
    beyond : float
        Refuse it only where it takes so many times what there is.

    Raises
    ------
    ValueError
        If it does.
    """
    words = {"luts": "LUTs", "flip_flops": "flip-flops", "dsps": "DSPs", "block_rams": "block RAMs"}
    smaller = "--set makes it smaller, as by"
    ways = {"block_rams": "a smaller --memory-kb", "dsps": f"{smaller} fewer multipliers"}
    for field, has in board.fpga.has._asdict().items():
        takes = getattr(taken, field)
        if takes > beyond * has:
            other = f"{smaller} fewer pes, or a smaller lookahead or patch_positions"
            raise ValueError(
                f"design {name} must take at most {has:,} {words[field]}, which is what an "
                f"{board.fpga.device} has, not {takes:,}: {ways.get(field, other)}"
            )


def _require_clock(name: str, clock_hz: int, routed: Routed) -> None:
    if routed.achieved_hz < clock_hz:
        raise ValueError(
            f"clock of {name} must be at most {routed.achieved_hz / 1e6:.2f} MHz, which is what "
            f"place and route vouches for, not {clock_hz / 1e6:g} MHz: a lower --clock-mhz, or "
            "another --seed"
        )
