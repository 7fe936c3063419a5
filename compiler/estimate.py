"""Estimate of a tiling's cycles, to choose by; the cycle model is exact, this is quick."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grus.compiler.extent import share
from grus.compiler.geometry import Geometry
from grus.compiler.regions import RegionCut
from grus.compiler.tiling import Strip
from grus.hw.config import CraneConfig

__all__ = ["estimate_cycles"]

_LAST_MATCH = 0.5  # a work-item's last match is half full
_LAST_ITEM = 0.5  # at the end of a round half a work-item is left to wait for
_ROUND = 2.0  # what a round costs beside its work [cycles]
_TILE = 4.0  # what a tile costs beside its rounds [cycles]


def estimate_cycles(
    geometry: Geometry,
    config: CraneConfig,
    strip: Strip,
    regions: RegionCut,
    blocks: Sequence[tuple[NDArray[np.int64], Sequence[int]]],
    density: float,
) -> float:
    """Estimate how long a layer takes: the array, or what comes in, whichever takes longer.

    Parameters
    ----------
    geometry, config : Geometry, CraneConfig
        Layer, design.
    strip, regions : Strip, RegionCut
        How the map is cut.
    blocks : sequence of (ndarray of int64, shape (blocks, slices, outputs), sequence of int)
        Blocks of the same shape together: pairs of each kernel, and channels of each slice.
    density : float
        Expected share of non-zero inputs.

    Returns
    -------
    float
        Cycles.
    """
    channels = max(length for _, lengths in blocks for length in lengths)
    run = geometry.columns_under(strip.columns) * channels
    words = geometry.kernel[0] * share(run, config.broadcast_lanes)
    rounds = regions.rounds(strip.columns)
    array, loads = 0.0, 0.0
    for counts, lengths in blocks:
        busiest = _busiest(config, strip, counts, density)
        array += float(rounds * (np.maximum(busiest, words) + _ROUND).sum())
        array += _TILE * regions.count * len(lengths) * len(counts)
        beats = int((-(-counts // config.stream_pairs)).clip(1).sum())
        loads += beats * (regions.count if len(lengths) > 1 else 1)
        for length in lengths:
            loads += len(counts) * regions.pixels * max(1.0, length * density / config.stream_pairs)
    return max(array, loads)


def _busiest(
    config: CraneConfig, strip: Strip, counts: NDArray[np.int64], density: float
) -> NDArray[np.float64]:
    """Cycles of a round's work, shape (blocks, slices)."""
    rows = (-(-counts // config.lookahead)).clip(1)
    work = np.maximum(rows, counts * density / config.multipliers + _LAST_MATCH)
    busiest: NDArray[np.float64] = strip.columns * work.sum(axis=-1) / config.pes
    return busiest + _LAST_ITEM * work.max(axis=-1)
