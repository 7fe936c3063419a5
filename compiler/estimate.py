"""Estimate of a tiling's cycles, to choose by; the cycle model is exact, this is quick."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiler.extent import share
from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Tiling
from grus.hw.config import CraneConfig

__all__ = ["estimate_cycles"]

_LAST_MATCH = 0.5  # a work-item's last match is half full
_LAST_ITEM = 0.5  # at the end of a round half a work-item is left to wait for
_ROUND = 2.0  # what a round costs beside its work [cycles]
_TILE = 4.0  # what a tile costs beside its rounds [cycles]


def estimate_cycles(
    geometry: Geometry,
    config: CraneConfig,
    tiling: Tiling,
    pairs: list[NDArray[np.int64]],
    density: float,
) -> float:
    """Estimate how long a layer takes: the array, or what comes in, whichever takes longer.

    Parameters
    ----------
    geometry, config, tiling : Geometry, CraneConfig, Tiling
        Layer, design, cut.
    pairs : list of ndarray of int64, shape (slices, outputs)
        Pairs of each kernel, block by block.
    density : float
        Expected share of non-zero inputs.

    Returns
    -------
    float
        Cycles.
    """
    pixels = sum(
        geometry.inputs_of(region.rows, 0).length * geometry.inputs_of(region.columns, 1).length
        for region in tiling.regions
    )
    array, loads = 0.0, 0.0
    for block, counts in zip(tiling.blocks, pairs, strict=True):
        array += _array_cycles(geometry, config, tiling, counts, density)
        array += _TILE * len(tiling.regions) * len(block.slices)
        beats = (-(-counts // config.stream_pairs)).clip(1).sum()
        loads += beats * (len(tiling.regions) if len(block.slices) > 1 else 1)
        for channels in block.slices:
            loads += pixels * max(1.0, channels.length * density / config.stream_pairs)
    return max(array, loads)


def _array_cycles(
    geometry: Geometry,
    config: CraneConfig,
    tiling: Tiling,
    counts: NDArray[np.int64],
    density: float,
) -> float:
    """One block, all regions: the work of a round, or its broadcast."""
    rows = (-(-counts // config.lookahead)).clip(1)
    work = np.maximum(rows, counts * density / config.multipliers + _LAST_MATCH)
    strip = tiling.strip
    busiest = strip.columns * work.sum(axis=1) / config.pes + _LAST_ITEM * work.max(axis=1)
    channels = max(extent.length for block in tiling.blocks for extent in block.slices)
    run = geometry.columns_under(strip.columns) * channels
    words = geometry.kernel[0] * share(run, config.broadcast_lanes)
    rounds = sum(
        region.rows.length * share(region.columns.length, strip.columns)
        for region in tiling.regions
    )
    return float(rounds * (np.maximum(busiest, words) + _ROUND).sum())
