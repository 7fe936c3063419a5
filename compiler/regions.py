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
    best: tuple[int, int] | None = None  # pixels loaded, width
    for width in dict.fromkeys(share(wholes, pieces) for pieces in range(1, wholes + 1)):
        loaded = _loaded_pixels(geometry, limits, width)
        if loaded is not None and (best is None or loaded < best[0]):
            best = (loaded, width)
    return None if best is None else _regions(geometry, limits, best[1])


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


def _strips(
    geometry: Geometry, limits: _Limits, width: int
) -> list[tuple[Extent, Extent, int]] | None:
    """Strips of `width` pooled columns: these, their columns, their regions' height.

    None if they do not fit.
    """
    strips = []
    rows = _needed_rows(geometry)
    for pooled in cut(_pooled_columns(geometry), width):
        columns = geometry.window_of(pooled, 1)
        height = min(_height(geometry, limits, columns), rows)
        if height < 1 or pooled.length > limits.windows:
            return None
        strips.append((pooled, columns, height))
    return strips


def _loaded_pixels(geometry: Geometry, limits: _Limits, width: int) -> int | None:
    """Input pixels that all regions load, if strips of `width` pooled columns fit."""
    strips = _strips(geometry, limits, width)
    if strips is None:
        return None
    needed, loaded = _needed_rows(geometry), 0
    stride, span = geometry.layer.window.stride[0], geometry.span[0]
    for _, columns, height in strips:
        whole, rest = divmod(needed, height)
        rows = whole * ((height - 1) * stride + span)
        rows += (rest - 1) * stride + span if rest else 0
        loaded += rows * geometry.inputs_of(columns, 1).length
    return loaded


def _regions(geometry: Geometry, limits: _Limits, width: int) -> list[Region]:
    """Regions for strips of `width` pooled columns, which fit."""
    return [
        Region(extent, columns, pooled)
        for pooled, columns, height in _strips(geometry, limits, width) or ()
        for extent in cut(_needed_rows(geometry), height)
    ]


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
