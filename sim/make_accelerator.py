"""An accelerator on whichever simulator is asked for."""

from __future__ import annotations

from pathlib import Path

from grus.hw.dma.slot_format import SlotFormat
from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.accelerator_player import PlayedAccelerator, build_for_cocotb
from grus.sim.host import Host

__all__ = ["make_accelerator"]


def make_accelerator(
    simulator: str,
    slots: SlotFormat,
    memory_bytes: int,
    *,
    latency: int = 20,
    waves: Path | None = None,
) -> Host:
    """Build an accelerator, or find it built, and start it.

    Parameters
    ----------
    simulator : str
        ``verilator``: compiled with memory and host, for whole networks; or ``icarus``, under
        cocotb: for small layers only, but it needs no compiler, and sees undefined values. Both
        take the same cycles.
    slots : SlotFormat
        Machine and bus.
    memory_bytes : int
        Size of the memory.
    latency : int
        Of memory [cycles]; see docs/memory.md.
    waves : Path, optional
        Record waveforms in this folder, under cocotb on either simulator.

    Returns
    -------
    Host
        To be closed after use, as by ``with``.

    Raises
    ------
    MissingToolError
        If the simulator is not installed.
    ValueError
        If there is no such simulator.
    """
    if simulator == "verilator" and waves is None:
        return Accelerator(slots, build_accelerator(slots), memory_bytes, latency=latency)
    recorded = waves is not None
    design = build_for_cocotb(slots, simulator=simulator, waves=recorded)
    return PlayedAccelerator(
        slots, design, memory_bytes, latency=latency, folder=waves, waves=recorded
    )
