"""Ideal: every multiplier has an effectual pair in every cycle."""

from __future__ import annotations

from dataclasses import dataclass

from grus.sim.rivals.checks import require_name, require_ranges
from grus.sim.rivals.machine import Event, LayerCount
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["Ideal"]


@dataclass(frozen=True, kw_only=True)
class Ideal:
    """Every multiplier has an effectual pair in every cycle but the last.

    Parameters
    ----------
    name : str
        What reports call it.
    multipliers : int
        Multipliers, 1 to 65536.
    data_bits : int
        Width of an operand [bits], 1 to 64.

    Notes
    -----
    Source: Crane, figure 13 [S0]. ``cycles = ceil(effectual MACs / multipliers)``.
    """

    name: str = "ideal"
    multipliers: int = 256
    data_bits: int = 16

    def __post_init__(self) -> None:
        require_name(self)
        require_ranges(self, {"multipliers": (1, 1 << 16), "data_bits": (1, 64)})

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        macs = layer.effectual_macs
        cycles = -(-macs // self.multipliers)
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=cycles,
            multipliers=self.multipliers,
            effectual_macs=macs,
            losses={"fragmentation": cycles * self.multipliers - macs},
            events=[Event("multipliers", "mac", macs, self.data_bits)],
        )
