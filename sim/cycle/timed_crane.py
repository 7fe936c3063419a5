"""Crane with its accelerator and memory around it, beside its rivals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grus.compiler.geometry import Geometry
from grus.hw.config import CraneConfig
from grus.hw.core.counters import LOSSES
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.account import sum_over_pes
from grus.sim.cycle.crane import Crane
from grus.sim.cycle.fit import layer_of
from grus.sim.cycle.launch import MemoryTiming, count_launch
from grus.sim.cycle.placed import place_layer
from grus.sim.rivals.machine import LayerCount
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["TimedCrane"]


@dataclass(frozen=True, kw_only=True)
class TimedCrane:
    """A Crane accelerator, each layer from its start to its interrupt.

    Parameters
    ----------
    config : CraneConfig
        The design.
    steal : bool
        Let idle processing elements steal.
    latency, bandwidth : int, float
        Of memory; see :class:`MemoryTiming`.
    bus_bits : int
        Width of the AXI bus [bits].

    Notes
    -----
    As :class:`Crane`, but all cycles count, and those in which elements wait for memory are its
    loss. Results count as without zeros, so that they go to memory dense. Layers are cut so that
    maps can be stored in parts, which may differ from how :class:`Crane` cuts them.
    """

    config: CraneConfig
    steal: bool = True
    latency: int = 20
    bandwidth: float = 1.0
    bus_bits: int = 128

    @property
    def name(self) -> str:
        """What reports call it."""
        return Crane(config=self.config, steal=self.steal).name

    @property
    def memory(self) -> MemoryTiming:
        """When memory answers."""
        return MemoryTiming(latency=self.latency, bandwidth=self.bandwidth)

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer.

        Raises
        ------
        ValueError
            If the layer does not fit the design.
        """
        config = self.config
        slots = SlotFormat(config=config, axi=AxiConfig(data_bits=self.bus_bits))
        computed, results = layer_of(layer), np.ones(layer.output_shape, np.int8)
        placed = place_layer(computed, layer.inputs.view(np.int8), results, slots, steal=self.steal)
        counted = count_launch(*placed, slots, layer.inputs, results != 0, self.memory)
        counters, multipliers = counted.counters, config.pes * config.multipliers
        lost = {name: sum_over_pes(counters, name, config) * config.multipliers for name in LOSSES}
        macs = sum_over_pes(counters, "macs", config)
        geometry = Geometry.of(computed, layer.inputs.shape)
        tiling, idle = placed.launch.plan.tiling, multipliers * counted.cycles - macs
        crane = Crane(config=config, steal=self.steal)
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=counted.cycles,
            multipliers=multipliers,
            effectual_macs=macs,
            losses={"fragmentation": sum_over_pes(counters, "idle_slots", config), **lost},
            events=crane.events_of(layer, geometry, tiling, macs, idle),
            choices={
                "cycles that all elements wait for memory": min(
                    counters[f"memory_{pe}"] for pe in range(config.pes)
                ),
                "bytes read": counted.read_bytes,
                **{name: counters[name] for name in ("steals", "rounds", "tiles")},
            },
        )
