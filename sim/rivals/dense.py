"""A dense machine of the same shape: it multiplies everything, zeros too."""

from __future__ import annotations

from dataclasses import dataclass

from grus.sim.rivals.checks import require_name, require_ranges
from grus.sim.rivals.machine import Event, LayerCount
from grus.sim.rivals.traffic import dram_events
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["Dense"]


@dataclass(frozen=True, kw_only=True)
class Dense:
    """An array of dot-product units that multiplies everything, zeros too.

    Parameters
    ----------
    name : str
        What reports call it.
    pes : int
        Processing elements, 1 to 256; each has an output channel of its own.
    multipliers_per_pe : int
        Multipliers of one processing element, 1 to 256; all PEs share the inputs in front of them.
    data_bits : int
        Width of an operand [bits], 1 to 64.
    weight_ram_bytes, input_ram_bytes, output_ram_bytes : int
        RAM sizes of the whole machine [bytes].

    Notes
    -----
    Source: the tiling that Cambricon-X [S1] and Crane [S0] start from; the flattened patch is a
    reconstruction [R]. For each of g groups, with K output channels and C R S products::

        cycles = P Q g ceil(K / pes) ceil(C R S / multipliers_per_pe)

    Losses: ``ineffectual`` (a product with a zero), ``fragmentation`` (patch or channels do not
    fill the array). RAMs: a cycle reads one vector of inputs for all PEs, and one of weights for
    each.
    """

    name: str = "dense"
    pes: int = 16
    multipliers_per_pe: int = 16
    data_bits: int = 16
    weight_ram_bytes: int = 32 * 1024
    input_ram_bytes: int = 8 * 1024
    output_ram_bytes: int = 8 * 1024

    def __post_init__(self) -> None:
        require_name(self)
        rams = dict.fromkeys(
            ("weight_ram_bytes", "input_ram_bytes", "output_ram_bytes"), (64, 1 << 30)
        )
        require_ranges(
            self, {"pes": (1, 256), "multipliers_per_pe": (1, 256), "data_bits": (1, 64), **rams}
        )

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        outputs = layer.output_shape[0]
        of_group = outputs // layer.groups
        passes = layer.positions * layer.groups * -(-of_group // self.pes)
        cycles = passes * -(-layer.terms // self.multipliers_per_pe)
        multipliers = self.pes * self.multipliers_per_pe
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=cycles,
            multipliers=multipliers,
            effectual_macs=layer.effectual_macs,
            losses={
                "ineffectual": layer.dense_macs - layer.effectual_macs,
                "fragmentation": multipliers * cycles - layer.dense_macs,
            },
            events=self._events(layer, passes, multipliers * cycles),
        )

    def _events(self, layer: SparseLayer, passes: int, slots: int) -> list[Event]:
        macs, bits = layer.dense_macs, self.data_bits
        results = layer.output_shape[0] * layer.positions
        return [
            Event("multipliers", "mac", macs, bits),
            Event("multipliers", "idle", slots - macs, bits),
            Event("input RAM", "read", passes * layer.terms, bits, self.input_ram_bytes),
            Event("weight RAM", "read", macs, bits, self.weight_ram_bytes // self.pes),
            Event("output RAM", "write", results, bits, self.output_ram_bytes),
            *dram_events(
                weight_bits=layer.weights.size * bits,
                input_bits=layer.inputs.size * bits,
                output_bits=results * bits,
                weight_ram_bytes=self.weight_ram_bytes,
                input_ram_bytes=self.input_ram_bytes,
            ),
        ]
