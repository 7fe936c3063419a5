"""Cycle model of one layer on the whole accelerator, memory included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.accelerator import Launch, NetworkProgram
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.cycle.dma.core import PLAYED, STEALS
from grus.sim.cycle.dma.play import play_launch
from grus.sim.cycle.dma.read import MOVED
from grus.sim.cycle.dma.state import RATE, Bus
from grus.sim.cycle.dma.tables import make_accelerator
from grus.sim.cycle.model import counters_of
from grus.sim.cycle.tables.layer import make_tables
from grus.sim.descriptors import record_bytes

__all__ = ["LaunchCount", "MemoryTiming", "count_launch"]

# Cycles without a word or a round that no launch has, beside memory's latency.
_PATIENCE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class MemoryTiming:
    """When memory answers; the rules are those of ``docs/memory.md``.

    Parameters
    ----------
    latency : int
        Cycles from an address to its first word, or from the last word to the answer.
    bandwidth : float
        Words of the bus that move each way in a cycle, at most 1. Below 1 every word waits until
        so much of a word has gathered.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    latency: int = 20
    bandwidth: float = 1.0

    def __post_init__(self) -> None:
        if self.latency < 1:
            raise ValueError(f"latency must be at least 1 cycle, not {self.latency}")
        if not 1 / RATE <= self.bandwidth <= 1:
            raise ValueError(
                f"bandwidth must be above 0 and at most 1 word a cycle, not {self.bandwidth:g}"
            )


class LaunchCount(NamedTuple):
    """How a launch went.

    Attributes
    ----------
    cycles : int
        Clock cycles from the start to the interrupt.
    counters : dict of str to int
        Counters by name, as :func:`count_cycles` has them, over all of these cycles: what the
        machine's own do not count, before its first tile and behind its last, is lost to memory.
    read_bytes : int
        What memory reads, in whole words.
    """

    cycles: int
    counters: dict[str, int]
    read_bytes: int


def count_launch(
    program: NetworkProgram,
    launch: Launch,
    slots: SlotFormat,
    inputs: NDArray[np.bool_],
    results: NDArray[np.bool_],
    memory: MemoryTiming,
    *,
    warm: bool = True,
    step_by_step: bool = False,
) -> LaunchCount:
    """Count a layer that is launched alone on a machine at rest.

    Parameters
    ----------
    program, launch : NetworkProgram, Launch
        The layer in memory.
    slots : SlotFormat
        Machine and bus.
    inputs, results : ndarray of bool, shape (channels, rows, columns)
        Where inputs and results are not zero.
    memory : MemoryTiming
        The memory.
    warm : bool
        The machine has computed a layer since its reset: then what it loaded last still fills a
        half of each of its RAMs until the first tile begins.
    step_by_step : bool
        Play the array element by element; slower, and the same.

    Returns
    -------
    LaunchCount
        Cycles, counters, traffic.
    """
    records = program.records[launch.first : launch.first + launch.descriptors]
    tables = make_tables(
        launch.plan.geometry,
        launch.plan.tiling,
        slots.config,
        inputs,
        results,
        steal=bool(records[0]["tile"]["steal"]),
        cold=False,
        dense_results=launch.plan.target.plan.dense,
    )
    bus = _bus(program, launch, slots, memory)
    acc, walk = make_accelerator(
        launch.plan, records, tables, inputs, slots.config, bus, one_by_one=step_by_step, warm=warm
    )
    cycles = play_launch(acc, walk, _PATIENCE + memory.latency)
    if cycles < 0:
        raise RuntimeError(f"a launch of {launch.step.layer.name} must end, and is stuck")
    machine = {
        "cycles": cycles,
        "rounds": int(acc.core[PLAYED]),
        "steals": int(acc.core[STEALS]),
        "tiles": len(records),
    }
    counters = counters_of(machine, walk.engine.states, slots.config)
    return LaunchCount(cycles, counters, int(acc.read[MOVED]) * bus.word_bytes)


def _bus(program: NetworkProgram, launch: Launch, slots: SlotFormat, memory: MemoryTiming) -> Bus:
    """Numbers of machine, bus and memory; descriptors lie behind the image."""
    config, axi = slots.config, slots.axi
    record_words = record_bytes(slots) // axi.word_bytes
    return Bus(
        latency=memory.latency,
        rate=round(memory.bandwidth * RATE),
        longest=axi.longest_burst,
        page=axi.page_words,
        outstanding=axi.outstanding_bursts,
        read_buffer=axi.read_buffer_words,
        write_buffer=axi.write_buffer_words,
        word_bytes=axi.word_bytes,
        value_bytes=config.data_bits // 8,
        encoded=slots.encoded_slots,
        dense=slots.dense_slots,
        pairs=config.stream_pairs,
        pes=config.pes,
        run_bits=config.index_bits,
        lanes=config.broadcast_lanes,
        descriptor=program.image.size // axi.word_bytes + launch.first * record_words,
        record_words=record_words,
        end=program.writable[1] // axi.word_bytes,
    )
