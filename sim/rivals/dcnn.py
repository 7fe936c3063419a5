"""DCNN: the dense machine that SCNN is compared with, tiled over the plane like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grus.sim.rivals.checks import require_flag, require_name, require_ranges
from grus.sim.rivals.machine import Event, LayerCount
from grus.sim.rivals.scnn_streams import tile_bounds
from grus.sim.rivals.traffic import dram_events
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["Dcnn"]


@dataclass(frozen=True, kw_only=True)
class Dcnn:
    """DCNN: each PE computes a tile of the result by dot products, zeros included.

    Parameters
    ----------
    name : str
        What reports call it.
    pe_rows, pe_columns : int
        Processing elements, 1 to 64 each way.
    multipliers_per_pe : int
        Terms of a dot product in one cycle, 1 to 256.
    balanced : bool
        How tiles are cut; as in :class:`grus.sim.rivals.scnn.Scnn`.
    data_bits : int
        Width of an operand [bits], 1 to 64.
    weight_ram_bytes, activation_ram_bytes : int
        RAM sizes of the whole machine [bytes].

    Notes
    -----
    Source: PT-IS-DP-dense with SCNN's array [S4]; the formula is a reconstruction [R], which meets
    the published speed of SCNN at densities 1 and .85 on GoogLeNet::

        cycles = largest tile of the result x K ceil(C R S / multipliers_per_pe)

    Losses: ``ineffectual``, ``fragmentation`` (the patch does not fill the last cycle),
    ``imbalance`` (smaller tiles wait for the largest).
    """

    name: str = "dcnn"
    pe_rows: int = 8
    pe_columns: int = 8
    multipliers_per_pe: int = 16
    balanced: bool = True
    data_bits: int = 16
    weight_ram_bytes: int = 32 * 1024
    activation_ram_bytes: int = 640 * 1024

    def __post_init__(self) -> None:
        require_name(self)
        require_flag(self, "balanced")
        rams = dict.fromkeys(("weight_ram_bytes", "activation_ram_bytes"), (64, 1 << 30))
        sizes = dict.fromkeys(("pe_rows", "pe_columns", "data_bits"), (1, 64))
        require_ranges(self, {**sizes, "multipliers_per_pe": (1, 256), **rams})

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        outputs, rows, columns = layer.output_shape
        tile = 1
        for length, tiles in ((rows, self.pe_rows), (columns, self.pe_columns)):
            tile *= int(np.diff(tile_bounds(length, tiles, balanced=self.balanced)).max())
        steps = outputs * -(-layer.terms // self.multipliers_per_pe)
        multipliers = self.pe_rows * self.pe_columns * self.multipliers_per_pe
        slots = tile * steps * multipliers
        taken = layer.positions * steps * self.multipliers_per_pe
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=tile * steps,
            multipliers=multipliers,
            effectual_macs=layer.effectual_macs,
            losses={
                "ineffectual": layer.dense_macs - layer.effectual_macs,
                "fragmentation": taken - layer.dense_macs,
                "imbalance": slots - taken,
            },
            events=self._events(layer, slots),
        )

    def _events(self, layer: SparseLayer, slots: int) -> list[Event]:
        macs, bits = layer.dense_macs, self.data_bits
        pes = self.pe_rows * self.pe_columns
        results = layer.output_shape[0] * layer.positions
        ram_bytes = self.activation_ram_bytes // pes
        return [
            Event("multipliers", "mac", macs, bits),
            Event("multipliers", "idle", slots - macs, bits),
            Event("input RAM", "read", macs, bits, ram_bytes),
            Event("weight FIFO", "read", macs, bits, self.weight_ram_bytes // pes),
            Event("output RAM", "write", results, bits, ram_bytes),
            *dram_events(
                weight_bits=layer.weights.size * bits,
                input_bits=layer.inputs.size * bits,
                output_bits=results * bits,
                weight_ram_bytes=self.weight_ram_bytes,
                input_ram_bytes=self.activation_ram_bytes,
            ),
        ]
