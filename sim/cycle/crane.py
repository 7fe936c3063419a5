"""Crane in the input-sharing data flow, beside its rivals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Tiling
from grus.hw.config import CraneConfig
from grus.hw.core.counters import LOSSES
from grus.sim.cycle.fit import fit_layer
from grus.sim.cycle.model import count_cycles
from grus.sim.rivals.machine import Event, LayerCount
from grus.sim.rivals.traffic import dram_events
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["Crane"]


@dataclass(frozen=True, kw_only=True)
class Crane:
    """A Crane machine, counted cycle for cycle as its RTL counts itself.

    Parameters
    ----------
    config : CraneConfig
        The design.
    steal : bool
        Let idle processing elements steal.

    Notes
    -----
    As with the rivals, operands are there: cycles in which all elements wait for a RAM to be loaded
    are left out, and stand in `choices` (the rivals' models know no loading). Results count as
    without zeros, since nothing is known of them; they only decide on fillers. Output channels that
    run-time pruning drops keep their place, with no weight: a cycle for each.

    Losses: ``fragmentation``, and those of the RTL's counters.

    Energy [R]: a resident row is read whole; a word of a patch is read once and written to all
    elements; of each effectual pair the activation is selected; a result is added to its sum.
    """

    config: CraneConfig
    steal: bool = True

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.config.name if self.steal else f"{self.config.name}, no stealing"

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer.

        Raises
        ------
        ValueError
            If the layer does not fit the design.
        """
        config = self.config
        computed, tiling = fit_layer(layer, config)
        results = np.ones(layer.output_shape, np.bool_)
        counters = count_cycles(computed, layer.inputs, results, config, tiling, steal=self.steal)
        per_pe = {
            name: np.array([counters[f"{name}_{pe}"] for pe in range(config.pes)])
            for name in (*LOSSES, "macs", "idle_slots")
        }
        loading = int(per_pe["memory"].min())
        per_pe["memory"] -= loading  # what is left is the end of some elements' pipelines
        lost = {name: int(per_pe[name].sum()) * config.multipliers for name in LOSSES}
        macs = int(per_pe["macs"].sum())
        cycles = counters["cycles"] - loading
        slots = config.pes * config.multipliers * cycles
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=cycles,
            multipliers=config.pes * config.multipliers,
            effectual_macs=macs,
            losses={"fragmentation": int(per_pe["idle_slots"].sum()), **lost},
            events=self.events_of(
                layer, Geometry.of(computed, layer.inputs.shape), tiling, macs, slots - macs
            ),
            choices={
                "cycles that wait for loads": loading,
                "steals": counters["steals"],
                "rounds": counters["rounds"],
                "tiles": counters["tiles"],
            },
        )

    def events_of(
        self, layer: SparseLayer, geometry: Geometry, tiling: Tiling, macs: int, idle: int
    ) -> list[Event]:
        """What costs energy, with so many slots of multipliers busy and idle."""
        config = self.config
        weights = int(np.count_nonzero(layer.effectual_weights))
        slices = {block.outputs: len(block.slices) for block in tiling.blocks}
        items = layer.positions * sum(outputs.length * count for outputs, count in slices.items())
        # A row holds `lookahead` pairs; each work-item reads all of its own, the last one in part.
        rows = items + layer.positions * (weights // config.lookahead)
        strip = tiling.strip.columns
        strips = sum(
            region.rows.length * -(-region.columns.length // strip) for region in tiling.regions
        )
        channels = sum(piece.length for block in tiling.blocks for piece in block.slices)
        words = strips * geometry.kernel[0] * geometry.columns_under(strip) * channels
        results = layer.output_shape[0] * layer.positions
        bits, sums = config.data_bits, config.accumulator_bits
        bank = config.output_ram_bytes // config.pes
        return [
            Event("multipliers", "mac", macs, bits),
            Event("multipliers", "idle", idle, bits),
            Event("index selectors", "register", macs, bits + config.index_bits),
            Event("input RAM", "read", words, bits, config.broadcast_ram_bytes),
            Event("input buffers", "register", words * config.pes, bits),
            Event(
                "weight RAM",
                "read",
                rows,
                config.row_pair_bits,
                config.resident_ram_bytes // config.pes,
            ),
            Event("output RAM", "read", items, sums, bank),
            Event("output RAM", "write", items, sums, bank),
            Event("output RAM", "read", results, sums, bank),
            *dram_events(
                weight_bits=weights * config.pair_bits,
                input_bits=int(np.count_nonzero(layer.inputs)) * config.pair_bits,
                output_bits=results * bits,
                weight_ram_bytes=config.resident_ram_bytes,
                input_ram_bytes=config.broadcast_ram_bytes,
            ),
        ]
