"""Choice of the regions of a map that are computed from one load of the broadcast RAM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.extent import Extent, cut, share
from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Region
from grus.hw.config import CraneConfig

__all__ = ["RegionChoice", "RegionCut"]


class _Limits(NamedTuple):
    """What a region must fit.

    Attributes
    ----------
    inputs : int
        Input pixels of one slice that fit the broadcast RAM.
    outputs : int
        Output pixels whose sums fit the output RAM, if they must wait for all slices.
    windows : int
        Pooled columns that fit the pooling memory.
    """

    inputs: int
    outputs: int
    windows: int


@dataclass(frozen=True, kw_only=True)
class RegionCut:
    """A map, cut into strips of columns, and each strip into regions from top to bottom.

    Parameters
    ----------
    geometry : Geometry
        The layer.
    strips : sequence of tuple
        Of each strip its columns of the pooled map, its columns, and the height of its regions.
    pixels : int
        Input pixels that all regions load.
    """

    geometry: Geometry
    strips: Sequence[tuple[Extent, Extent, int]]
    pixels: int

    @cached_property
    def _rows(self) -> Counter[tuple[int, int]]:
        """How many strips there are of each number of columns and each height."""
        return Counter((columns.length, height) for _, columns, height in self.strips)

    @cached_property
    def count(self) -> int:
        """Regions."""
        needed = _needed_rows(self.geometry)
        return sum(times * -(-needed // height) for (_, height), times in self._rows.items())

    def rounds(self, width: int) -> int:
        """Rounds of `width` columns, or fewer at the end of a row."""
        needed = _needed_rows(self.geometry)
        return sum(
            times * needed * share(columns, width) for (columns, _), times in self._rows.items()
        )

    def regions(self) -> list[Region]:
        """All regions."""
        return [
            Region(extent, columns, pooled)
            for pooled, columns, height in self.strips
            for extent in cut(_needed_rows(self.geometry), height)
        ]


class RegionChoice:
    """Cuts of a layer's map into regions; equal limits are worked out once.

    Parameters
    ----------
    geometry : Geometry
        The layer.
    config : CraneConfig
        The design.
    """

    def __init__(self, geometry: Geometry, config: CraneConfig):
        self._geometry, self._config = geometry, config
        self._known: dict[_Limits, RegionCut | None] = {}

    def cut(self, *, channels: int, items: int, sums_wait: bool) -> RegionCut | None:
        """Cut the map such that the fewest input pixels are loaded.

        Parameters
        ----------
        channels : int
            Channels of the largest slice.
        items : int
            Lane groups of the largest block.
        sums_wait : bool
            Whether sums must wait in the output RAM for further slices.

        Returns
        -------
        RegionCut or None
            The cut; none if not even one row of one strip fits.
        """
        limits = _limits(self._geometry, self._config, channels, items, sums_wait)
        if limits not in self._known:
            self._known[limits] = _best_cut(self._geometry, limits)
        return self._known[limits]


def _best_cut(geometry: Geometry, limits: _Limits) -> RegionCut | None:
    wholes = _pooled_columns(geometry)
    best: tuple[int, int] | None = None  # pixels loaded, width
    for width in dict.fromkeys(share(wholes, pieces) for pieces in range(1, wholes + 1)):
        loaded = _loaded_pixels(geometry, limits, width)
        if loaded is not None and (best is None or loaded < best[0]):
            best = (loaded, width)
    if best is None:
        return None
    pixels, width = best
    pooled = cut(_pooled_columns(geometry), width)
    columns = [geometry.window_of(extent, 1) for extent in pooled]
    heights = _heights(geometry, limits, np.array([extent.length for extent in columns]))
    strips = list(zip(pooled, columns, heights.tolist(), strict=True))
    return RegionCut(geometry=geometry, strips=strips, pixels=pixels)


def _limits(
    geometry: Geometry, config: CraneConfig, channels: int, items: int, sums_wait: bool
) -> _Limits:
    rows, columns = geometry.map_shape
    pool = geometry.layer.pool
    return _Limits(
        inputs=config.broadcast_positions // channels,
        outputs=config.output_words // items if sums_wait else rows * columns,
        windows=columns
        if pool is None
        else config.pool_words // (share(pool.kernel[0], pool.stride[0]) * items),
    )


def _pooled_columns(geometry: Geometry) -> int:
    rows, columns = geometry.map_shape
    pool = geometry.layer.pool
    return columns if pool is None else pool.output_shape(rows, columns)[1]


def _loaded_pixels(geometry: Geometry, limits: _Limits, width: int) -> int | None:
    """Input pixels that all regions load, if strips of `width` pooled columns fit."""
    wholes = _pooled_columns(geometry)
    if min(width, wholes) > limits.windows:
        return None
    starts = np.arange(0, wholes, width)
    columns = _columns_under(geometry, starts, np.minimum(starts + width, wholes))
    heights = _heights(geometry, limits, columns)
    if heights.min() < 1:
        return None
    stride, span = geometry.layer.window.stride[0], geometry.span[0]
    whole, rest = np.divmod(_needed_rows(geometry), heights)
    rows = whole * ((heights - 1) * stride + span)
    rows += np.where(rest > 0, (rest - 1) * stride + span, 0)
    return int((rows * _input_columns(geometry, columns)).sum())


def _columns_under(
    geometry: Geometry, starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How many columns of the map some columns of the pooled one need."""
    pool = geometry.layer.pool
    if pool is None:
        return stops - starts
    begin = starts * pool.stride[1] - pool.padding[1]
    end = (stops - 1) * pool.stride[1] - pool.padding[1] + pool.kernel[1]
    return np.minimum(end, geometry.map_shape[1]) - np.maximum(begin, 0)


def _input_columns(geometry: Geometry, columns: NDArray[np.int64]) -> NDArray[np.int64]:
    return (columns - 1) * geometry.layer.window.stride[1] + geometry.span[1]


def _heights(geometry: Geometry, limits: _Limits, columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Most output rows of regions of so many columns; 0 or less if not even one fits."""
    input_rows = limits.inputs // _input_columns(geometry, columns)
    by_inputs = (input_rows - geometry.span[0]) // geometry.layer.window.stride[0] + 1
    heights = np.minimum(by_inputs, limits.outputs // columns)
    return np.minimum(heights, _needed_rows(geometry))


def _needed_rows(geometry: Geometry) -> int:
    """Rows of the map that something behind it reads."""
    rows, columns = geometry.map_shape
    pool = geometry.layer.pool
    if pool is None:
        return rows
    return geometry.window_of(Extent(0, pool.output_shape(rows, columns)[0]), 0).stop
