"""Choice of the regions of a map that are computed from one load of the broadcast RAM."""

from __future__ import annotations

from typing import NamedTuple

from grus.compiler.extent import Extent, cut, share
from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Block, Region
from grus.hw.config import CraneConfig

__all__ = ["RegionChoice"]


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
        self._known: dict[_Limits, list[Region] | None] = {}

    def regions(self, blocks: list[Block]) -> list[Region] | None:
        """Cut the map into strips of columns, and each strip into regions from top to bottom.

        Parameters
        ----------
        blocks : list of Block
            Output channels, and the slices of input channels that they read.

        Returns
        -------
        list of Region or None
            The cut that loads the fewest input pixels; none if not even one row of one strip fits.
        """
        limits = _limits(self._geometry, self._config, blocks)
        if limits not in self._known:
            self._known[limits] = _best_regions(self._geometry, limits)
        return self._known[limits]


def _best_regions(geometry: Geometry, limits: _Limits) -> list[Region] | None:
    wholes = _pooled_columns(geometry)
    best: tuple[int, list[Region]] | None = None
    for width in dict.fromkeys(share(wholes, pieces) for pieces in range(1, wholes + 1)):
        regions = _regions(geometry, limits, width)
        if regions is None:
            continue
        loaded = sum(
            geometry.inputs_of(region.rows, 0).length * geometry.inputs_of(region.columns, 1).length
            for region in regions
        )
        if best is None or loaded < best[0]:
            best = (loaded, regions)
    return None if best is None else best[1]


def _limits(geometry: Geometry, config: CraneConfig, blocks: list[Block]) -> _Limits:
    rows, columns = geometry.map_shape
    channels = max(extent.length for block in blocks for extent in block.slices)
    items = max(share(block.outputs.length, config.pes) for block in blocks)
    sums_wait = any(len(block.slices) > 1 for block in blocks)
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


def _regions(geometry: Geometry, limits: _Limits, width: int) -> list[Region] | None:
    """Regions for strips of `width` pooled columns; none if they do not fit."""
    regions = []
    rows = _needed_rows(geometry)
    for pooled in cut(_pooled_columns(geometry), width):
        columns = geometry.window_of(pooled, 1)
        height = min(_height(geometry, limits, columns), rows)
        if height < 1 or pooled.length > limits.windows:
            return None
        regions += [Region(extent, columns, pooled) for extent in cut(rows, height)]
    return regions


def _needed_rows(geometry: Geometry) -> int:
    """Rows of the map that something behind it reads."""
    rows, columns = geometry.map_shape
    pool = geometry.layer.pool
    if pool is None:
        return rows
    return geometry.window_of(Extent(0, pool.output_shape(rows, columns)[0]), 0).stop


def _height(geometry: Geometry, limits: _Limits, columns: Extent) -> int:
    """Most output rows of a region of these columns."""
    input_rows = limits.inputs // geometry.inputs_of(columns, 1).length
    if input_rows < geometry.span[0]:
        return 0
    by_inputs = (input_rows - geometry.span[0]) // geometry.layer.window.stride[0] + 1
    return min(by_inputs, limits.outputs // columns.length)
