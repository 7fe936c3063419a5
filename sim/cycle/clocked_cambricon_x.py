"""Cambricon-X as our RTL computes it, beside Crane."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Tiling
from grus.sim.cycle.crane import Crane
from grus.sim.rivals.machine import Event, LayerCount
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["ClockedCambriconX"]


@dataclass(frozen=True, kw_only=True)
class ClockedCambriconX(Crane):
    """A Cambricon-X, counted cycle for cycle as its RTL counts itself.

    Parameters
    ----------
    config : CambriconXConfig
        The design.
    steal : bool
        Of no use.

    Notes
    -----
    :class:`grus.sim.rivals.cambricon_x.CambriconX` reconstructs the original, in its favour; this
    is what shares Crane's tiles, rounds, patches and output unit. Loads are left out as in
    :class:`Crane`.

    Losses: as Crane's; ``ineffectual`` (a weight meets a zero) is told apart from
    ``fragmentation`` (no weight, or a filler), which the RTL counts together.

    Energy [R]: as Crane's, but that the one window is written once, and that every weight is
    multiplied.
    """

    steal: bool = False

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.config.name

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer.

        Raises
        ------
        ValueError
            If the layer does not fit the design.
        """
        counted = super().count(layer)
        zeros = _multiplied(layer) - counted.effectual_macs
        fragmentation = counted.losses["fragmentation"] - zeros
        losses = {**counted.losses, "ineffectual": zeros, "fragmentation": fragmentation}
        return replace(counted, losses=losses)

    def events_of(
        self, layer: SparseLayer, geometry: Geometry, tiling: Tiling, macs: int, idle: int
    ) -> list[Event]:
        """What the layer is paid for; as :meth:`Crane.events_of`."""
        multiplied = _multiplied(layer)
        events = super().events_of(layer, geometry, tiling, multiplied, idle + macs - multiplied)
        return [
            event._replace(times=event.times // self.config.pes)
            if event.component == "input buffers"
            else event
            for event in events
        ]


def _multiplied(layer: SparseLayer) -> int:
    """Products of weights that are not zero, with any input."""
    return int(np.count_nonzero(layer.effectual_weights)) * layer.positions
