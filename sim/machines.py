"""The machines that can play an accelerator: one function for each simulator."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grus.hw.dma.slot_format import SlotFormat
from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.accelerator_player import PlayedAccelerator, build_for_cocotb
from grus.sim.host import Host
from grus.sim.waves import require_kind

__all__ = ["MACHINES", "make_machine"]


def _verilated(slots: SlotFormat, memory_bytes: int, latency: int, waves: Path | None) -> Host:
    library = build_accelerator(slots, waves=waves)
    return Accelerator(slots, library, memory_bytes, latency=latency, waves=waves)


def _on_icarus(slots: SlotFormat, memory_bytes: int, latency: int, waves: Path | None) -> Host:
    if waves is not None:
        require_kind(waves, [".fst"])
    design = build_for_cocotb(slots, simulator="icarus", waves=waves is not None)
    return PlayedAccelerator(slots, design, memory_bytes, latency=latency, waves=waves)


# What makes the machine of each simulator, from machine, memory [bytes], latency [cycles], waves.
MACHINES: dict[str, Callable[[SlotFormat, int, int, Path | None], Host]] = {
    "verilator": _verilated,
    "icarus": _on_icarus,
}


def make_machine(
    slots: SlotFormat,
    memory_bytes: int,
    *,
    simulator: str = "verilator",
    latency: int = 20,
    waves: Path | None = None,
) -> Host:
    """Build an accelerator, or find it built, and start it.

    Parameters
    ----------
    slots : SlotFormat
        Machine and bus.
    memory_bytes : int
        Size of its memory.
    simulator : str
        One of `MACHINES`: ``verilator``, compiled with memory and host, for whole networks; or
        ``icarus``, under cocotb, for small layers only, but it needs no compiler, and sees
        undefined values. Both take the same cycles.
    latency : int
        Of memory [cycles]; see docs/memory.md.
    waves : Path, optional
        File for the waveforms of all that the machine will do; ``.fst``, or also ``.vcd`` on
        Verilator.

    Returns
    -------
    Host
        To be closed after use, as by ``with``.

    Raises
    ------
    ValueError
        If there is no such simulator, the kind of waveforms is unknown, or the latency is 0.
    MissingToolError
        If what the simulator needs is not installed.
    """
    if simulator not in MACHINES:
        raise ValueError(f"simulator must be one of {', '.join(MACHINES)}, not {simulator}")
    if latency < 1:
        raise ValueError(f"latency must be at least 1 cycle, not {latency}")
    return MACHINES[simulator](slots, memory_bytes, latency, waves)
