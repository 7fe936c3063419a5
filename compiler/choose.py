"""Choice of a tiling: what fits, and what promises the fewest cycles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.estimate import estimate_cycles
from grus.compiler.extent import Extent, cut, share
from grus.compiler.geometry import Geometry
from grus.compiler.layer import Layer
from grus.compiler.packing import rows_of
from grus.compiler.pair_counts import PairCounts
from grus.compiler.regions import RegionChoice
from grus.compiler.tiling import Block, Strip, Tiling
from grus.golden.formats import largest_bias
from grus.hw.config import CraneConfig

__all__ = ["Fit", "choose_tiling", "fit"]

_SLICINGS = 4  # numbers of slices tried beyond the fewest that fit


class Fit(NamedTuple):
    """A layer as it fits a design.

    Attributes
    ----------
    layer : Layer
        The layer, or the layer without its pooling.
    tiling : Tiling
        Its cut.
    reason : str
        Why the pooling does not fit; empty if nothing was left out.
    """

    layer: Layer
    tiling: Tiling
    reason: str


class _Unit(NamedTuple):
    """Output channels that read the same input channels, and the slices these are cut into."""

    outputs: Extent
    slices: list[Extent]


def choose_tiling(
    layer: Layer,
    inputs_shape: tuple[int, ...],
    config: CraneConfig,
    *,
    density: float = 0.6,
    align: int = 1,
) -> Tiling:
    """Cut a layer into tiles that fit the RAMs of a design.

    Slices and strips are tried, each with the fewest blocks that fit and the regions that load
    the fewest inputs twice; the estimate of cycles decides.

    Parameters
    ----------
    layer : Layer
        The layer.
    inputs_shape : tuple of int
        Channels, rows, columns of its inputs.
    config : CraneConfig
        The design.
    density : float
        Expected share of non-zero inputs; only the choice depends on it.
    align : int
        Slices and blocks begin at multiples of it [channels], so that maps can be stored in parts.

    Returns
    -------
    Tiling
        The cut.

    Raises
    ------
    ValueError
        If the layer cannot be computed exactly, or a single patch, kernel or row of windows does
        not fit.
    """
    _require_exact(layer, config)
    geometry = Geometry.of(layer, inputs_shape)
    choice = RegionChoice(geometry, config)
    pairs_of = PairCounts(layer, index_bits=config.index_bits)
    tilings = [
        tiling
        for units in _slicings(geometry, config, align)
        if _is_aligned(units, align)
        for strip in _strips(geometry, config, units)
        if (tiling := _cut(geometry, config, units, strip, density, choice, pairs_of)) is not None
    ]
    if not tilings:
        raise ValueError(
            f"layer {layer.name}: the rows of one kernel must fit "
            f"resident_ram_bytes={config.resident_ram_bytes}, its sums and inputs "
            f"output_ram_bytes={config.output_ram_bytes}, broadcast_ram_bytes="
            f"{config.broadcast_ram_bytes} and pool_words={config.pool_words}, and do not: "
            "raise them"
        )
    return min(tilings, key=lambda candidate: candidate[0])[1]


def fit(
    layer: Layer,
    inputs_shape: tuple[int, ...],
    config: CraneConfig,
    *,
    density: float = 0.6,
    align: int = 1,
) -> Fit:
    """Cut a layer as :func:`choose_tiling` does, without its pooling if that does not fit.

    Raises
    ------
    ValueError
        As in :func:`choose_tiling`.
    """
    try:
        tiling = choose_tiling(layer, inputs_shape, config, density=density, align=align)
        return Fit(layer, tiling, "")
    except ValueError as error:
        if layer.pool is None:
            raise
        reason = str(error)
    bare = replace(layer, pool=None)
    tiling = choose_tiling(bare, inputs_shape, config, density=density, align=align)
    return Fit(bare, tiling, reason)


def _require_exact(layer: Layer, config: CraneConfig) -> None:
    if layer.terms > config.max_terms:
        raise ValueError(
            f"layer {layer.name}: products of one output must be at most "
            f"max_terms={config.max_terms}, not {layer.terms}: raise max_terms"
        )
    limit = largest_bias(config.data_bits, config.max_terms)
    if layer.bias is not None and np.abs(layer.bias).max(initial=0) > limit:
        raise ValueError(
            f"layer {layer.name}: bias must be at most {limit}, which max_terms="
            f"{config.max_terms} allows, not {np.abs(layer.bias).max()}: raise max_terms"
        )
    pool = layer.pool
    if pool is not None and pool.kernel[0] * pool.kernel[1] > config.pool_window:
        raise ValueError(
            f"layer {layer.name}: a pooling window must have at most "
            f"pool_window={config.pool_window} elements, not "
            f"{pool.kernel[0]}x{pool.kernel[1]}: raise pool_window"
        )


def _slicings(geometry: Geometry, config: CraneConfig, align: int) -> Iterator[list[_Unit]]:
    """Ways to cut the input channels: the fewest slices that fit, and some more."""
    layer, (span_rows, span_columns) = geometry.layer, geometry.span
    groups, per_group = layer.window.groups, layer.weights.shape[1]
    fitting = min(
        config.patch_positions // (geometry.kernel[0] * span_columns),
        config.broadcast_positions // (span_rows * span_columns),
    )
    if fitting < 1:
        raise ValueError(
            f"layer {layer.name}: a kernel of {span_rows}x{span_columns} must fit "
            f"patch_positions={config.patch_positions} and "
            f"broadcast_ram_bytes={config.broadcast_ram_bytes}, and does not: raise them"
        )
    if fitting < per_group:  # then slices end at borders of parts
        fitting = max(fitting - fitting % align, 1)
    fewest = share(per_group, fitting)
    for slices in range(fewest, min(fewest + _SLICINGS, per_group + 1)):
        yield [_unit(layer, Extent(group, group + 1), slices, align) for group in range(groups)]
    # Groups with few channels share a tile: their kernels are sparse on the joint slice.
    most = min(fitting // per_group, groups)
    fewest = min(most, share(config.pes, layer.outputs // groups))
    for merged in sorted({most, fewest, most - most % align, fewest - fewest % align}):
        if merged > 1:
            yield [_unit(layer, extent, 1, align) for extent in cut(groups, merged)]


def _is_aligned(units: list[_Unit], align: int) -> bool:
    starts = [
        start for unit in units for start in (unit.outputs.start, *(s.start for s in unit.slices))
    ]
    return all(start % align == 0 for start in starts)


def _unit(layer: Layer, groups: Extent, slices: int, align: int) -> _Unit:
    outputs = layer.outputs // layer.window.groups
    channels = layer.weights.shape[1]
    first = groups.start * channels
    size = share(groups.length * channels, slices, multiple=align)
    pieces = cut(groups.length * channels, size)
    return _Unit(
        Extent(groups.start * outputs, groups.stop * outputs),
        [Extent(first + piece.start, first + piece.stop) for piece in pieces],
    )


def _strips(geometry: Geometry, config: CraneConfig, units: list[_Unit]) -> Iterator[Strip]:
    """Strips of one column and of more, as long as the patch has room."""
    channels = max(piece.length for unit in units for piece in unit.slices)
    rows, lanes = geometry.kernel[0], config.broadcast_lanes
    for columns in range(1, min(geometry.map_shape[1], config.output_words) + 1):
        run = geometry.columns_under(columns) * channels
        if rows * run > config.patch_positions:
            return
        # A kernel row that begins with a word takes the fewest reads.
        aligned = -(-run // lanes) * lanes
        step = aligned if (rows - 1) * aligned + run <= config.patch_positions else run
        yield Strip(columns, step)


def _cut(
    geometry: Geometry,
    config: CraneConfig,
    units: list[_Unit],
    strip: Strip,
    density: float,
    choice: RegionChoice,
    pairs_of: PairCounts,
) -> tuple[float, Tiling] | None:
    """The fewest blocks that fit, with regions and estimated cycles; none if nothing fits."""
    blocks: list[Block] = []
    pairs: list[NDArray[np.int64]] = []
    for unit in units:
        counts = np.stack([pairs_of.of(unit.outputs, piece, strip) for piece in unit.slices])
        rows = rows_of(counts, config)
        size = _block_size(geometry, config, strip, rows)
        if size is None:
            return None
        for extent in cut(unit.outputs.length, size):
            outputs = Extent(unit.outputs.start + extent.start, unit.outputs.start + extent.stop)
            blocks.append(Block(outputs, unit.slices))
            pairs.append(counts[:, extent.slice()])
    regions = choice.regions(blocks)
    if regions is None:
        return None
    items = max(share(block.outputs.length, config.pes) for block in blocks)
    tiling = Tiling(strip, blocks, regions, config.output_words // (items * strip.columns))
    return estimate_cycles(geometry, config, tiling, pairs, density), tiling


def _block_size(
    geometry: Geometry, config: CraneConfig, strip: Strip, rows: NDArray[np.int64]
) -> int | None:
    """Most output channels whose rows fit the banks, in blocks of about equal size."""
    pool = geometry.layer.pool
    open_rows = 0 if pool is None else share(pool.kernel[0], pool.stride[0])
    most = share(rows.shape[1], config.pes)
    for blocks in range(1, most + 1):
        items = share(most, blocks)
        if items * strip.columns > config.output_words or items * open_rows > config.pool_words:
            continue
        size = items * config.pes
        if all(
            _fullest_bank(config, rows[:, start : start + size]) <= config.resident_rows
            for start in range(0, rows.shape[1], size)
        ):
            return size
    return None


def _fullest_bank(config: CraneConfig, rows: NDArray[np.int64]) -> int:
    """Rows in the fullest bank, in the slice that needs the most."""
    padded = np.zeros((rows.shape[0], share(rows.shape[1], 1, multiple=config.pes)), np.int64)
    padded[:, : rows.shape[1]] = rows
    return int(padded.reshape(rows.shape[0], -1, config.pes).sum(axis=1).max())
