"""A bound on machines whose way to memory has no model: bandwidth alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from grus.sim.rivals.machine import LayerCount
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["BandwidthBound"]


@dataclass(frozen=True, kw_only=True)
class BandwidthBound:
    """A machine that takes at least as long as its traffic with DRAM.

    Parameters
    ----------
    machine : Machine
        The machine, its operands being there.
    bandwidth : float
        Words that memory moves each way in a cycle.
    bus_bits : int
        Width of a word [bits].

    Notes
    -----
    Cycles are the largest of the machine's own, those of its reads and those of its writes: as if
    all three overlapped perfectly, without latency. No machine with this memory is faster. What is
    added is the loss ``memory``.
    """

    machine: Any
    bandwidth: float = 1.0
    bus_bits: int = 128

    @property
    def name(self) -> str:
        """What reports call it."""
        return str(self.machine.name)

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        counted: LayerCount = self.machine.count(layer)
        reads, writes = (
            sum(
                event.times * event.bits
                for event in counted.events
                if event.kind == "dram" and (event.component == "DRAM: outputs") == out
            )
            for out in (False, True)
        )
        moved = max(reads, writes) / (self.bus_bits * self.bandwidth)
        waits = max(0, -int(-moved // 1) - counted.cycles)
        return replace(
            counted,
            cycles=counted.cycles + waits,
            losses={**counted.losses, "memory": waits * counted.multipliers},
            choices={**counted.choices, "cycles that wait for bandwidth": waits},
        )
