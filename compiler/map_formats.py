"""Which maps are encoded, and which are dense: so that memory moves less, and no layer more."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.geometry import Geometry
from grus.compiler.memory.kernels import Kernels
from grus.compiler.memory.maps import LARGEST_PART, MapPlan, pixel_words, plan_map
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.network.steps import LayerStep
from grus.compiler.tiling import Tiling
from grus.compiler.traffic import (
    LayerTraffic,
    Traffic,
    bias_bytes,
    input_bytes,
    kernel_traffic,
    result_bytes,
)
from grus.hw.config import CraneConfig

__all__ = ["CutLayer", "plan_maps", "traffic_of"]

Sample = Mapping[str, NDArray[np.integer]]


class CutLayer(NamedTuple):
    """A layer, cut, its kernels in memory.

    Attributes
    ----------
    step : LayerStep
        The layer, and the tensors that it reads and writes.
    geometry : Geometry
        The same with the shape of its inputs.
    tiling : Tiling
        How it is cut.
    kernels : dict
        Where its kernels are.
    """

    step: LayerStep
    geometry: Geometry
    tiling: Tiling
    kernels: Kernels


class _Cost(NamedTuple):
    """What a layer moves beyond dense tensors.

    Attributes
    ----------
    kernels : int
        With its kernels, at most 0 [bytes].
    losses : dict of str to int
        With each of its maps, if that is encoded [bytes].
    """

    kernels: int
    losses: dict[str, int]

    def excess(self, plans: Mapping[str, MapPlan]) -> int:
        """In all, with these plans [bytes]."""
        return self.kernels + sum(
            loss for tensor, loss in self.losses.items() if not plans[tensor].dense
        )


def plan_maps(
    layers: list[CutLayer],
    shapes: Mapping[str, tuple[int, int, int]],
    config: CraneConfig,
    widths: SlotWidths,
    sample: Sample,
) -> dict[str, MapPlan]:
    """Lay out every tensor that a layer reads or writes, in parts that suit all of them.

    Tensors of the sample are dense where all their users together then move less. After that, as
    long as any layer moves more than with dense tensors alone, the map by which it loses most
    becomes dense, too.

    Parameters
    ----------
    layers : list of CutLayer
        All layers.
    shapes : mapping of str to tuple of int
        Channels, rows and columns of the tensors.
    config : CraneConfig
        The design.
    widths : SlotWidths
        Formats of memory.
    sample : mapping of str to ndarray of int
        Tensors of a typical image; all others are encoded.
    """
    encoded = _encoded_plans(layers, shapes, config, widths)
    dense = {
        tensor: plan_map(shapes[tensor], plan.length, widths, dense=True)
        for tensor, plan in encoded.items()
    }
    costs = [_cost(layer, encoded, widths, sample) for layer in layers]
    plans = dict(encoded)
    for tensor in encoded:
        if sum(cost.losses.get(tensor, 0) for cost in costs) > 0:
            plans[tensor] = dense[tensor]
    while losing := [cost for cost in costs if cost.excess(plans) > 0]:
        losses = losing[0].losses
        worst = max((name for name in losses if not plans[name].dense), key=losses.__getitem__)
        plans[worst] = dense[worst]
    return plans


def traffic_of(
    layer: CutLayer, plans: Mapping[str, MapPlan], widths: SlotWidths, sample: Sample
) -> LayerTraffic:
    """What a layer moves with these plans, and what it would move without encoding."""
    step, cut = layer.step, (layer.geometry, layer.tiling)
    source, target = plans[step.source], plans[step.target]
    kernels, dense_kernels = kernel_traffic(layer.tiling, layer.kernels)
    planned = None
    if step.source in sample and step.target in sample:
        planned = Traffic(
            kernels
            + input_bytes(*cut, source, widths, _words(source, sample[step.source], widths)),
            result_bytes(*cut, target, widths, _words(target, sample[step.target], widths)),
        )
    dense = Traffic(
        dense_kernels + input_bytes(*cut, source, widths), result_bytes(*cut, target, widths)
    )
    return LayerTraffic(planned, dense, bias_bytes(layer.tiling, widths))


def _cost(
    layer: CutLayer, plans: Mapping[str, MapPlan], widths: SlotWidths, sample: Sample
) -> _Cost:
    kernels, dense_kernels = kernel_traffic(layer.tiling, layer.kernels)
    losses = {}
    for tensor, moved in ((layer.step.source, input_bytes), (layer.step.target, result_bytes)):
        if tensor in sample:
            cut = layer.geometry, layer.tiling, plans[tensor], widths
            words = _words(plans[tensor], sample[tensor], widths)
            losses[tensor] = moved(*cut, words) - moved(*cut)
    return _Cost(kernels - dense_kernels, losses)


def _words(
    plan: MapPlan, values: NDArray[np.integer], widths: SlotWidths
) -> NDArray[np.int64] | None:
    return None if plan.dense else pixel_words(values, plan, widths)


def _encoded_plans(
    layers: list[CutLayer],
    shapes: Mapping[str, tuple[int, int, int]],
    config: CraneConfig,
    widths: SlotWidths,
) -> dict[str, MapPlan]:
    borders: dict[str, set[int]] = {}
    for layer in layers:
        blocks = layer.tiling.blocks
        slices = {piece.start for block in blocks for piece in block.slices}
        borders.setdefault(layer.step.source, set()).update(slices)
        starts = {block.outputs.start for block in blocks}
        borders.setdefault(layer.step.target, set()).update(starts)
    return {
        tensor: plan_map(
            shapes[tensor], _part(shapes[tensor][0], starts, config), widths, dense=False
        )
        for tensor, starts in borders.items()
    }


def _part(channels: int, starts: set[int], config: CraneConfig) -> int:
    """The longest part that begins wherever a block or a slice begins."""
    step = gcd(*starts) or channels  # 0: all begin at the map's beginning
    if step >= channels and channels <= LARGEST_PART:
        return channels
    lanes = config.pes
    sizes = range(lanes, min(step, LARGEST_PART) + 1, lanes)
    return max(size for size in sizes if step % size == 0 or step >= channels)
