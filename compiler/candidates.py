"""Cuts of a layer that fit, for each way to cut its input channels and its map's columns."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.estimate import estimate_cycles
from grus.compiler.extent import cut, share
from grus.compiler.geometry import Geometry
from grus.compiler.packing import rows_of
from grus.compiler.pair_counts import KernelTaps, PairCounts
from grus.compiler.regions import RegionChoice, RegionCut
from grus.compiler.slicing import Unit, slicings
from grus.compiler.tiling import Block, Strip, Tiling
from grus.hw.config import CraneConfig

__all__ = ["Candidate", "candidates"]


class _Alike(NamedTuple):
    """Units of equal shape, and their kernels.

    Attributes
    ----------
    units : list of Unit
        The units, one behind the other.
    taps : KernelTaps
        Kernels of all of them: slice by slice, unit by unit.
    """

    units: list[Unit]
    taps: KernelTaps


class Candidate(NamedTuple):
    """A cut, not written out.

    Attributes
    ----------
    cycles : float
        Estimate.
    strip : Strip
        What one round covers.
    units : list of (Unit, int)
        Units, and how many output channels a block of each has.
    regions : RegionCut
        The map.
    """

    cycles: float
    strip: Strip
    units: list[tuple[Unit, int]]
    regions: RegionCut

    def tiling(self, config: CraneConfig) -> Tiling:
        """The same, written out for a design."""
        blocks = [
            Block(extent.moved(unit.outputs.start), unit.slices)
            for unit, size in self.units
            for extent in cut(unit.outputs.length, size)
        ]
        items = max(share(block.outputs.length, config.pes) for block in blocks)
        chunk_rounds = config.output_words // (items * self.strip.columns)
        return Tiling(self.strip, blocks, self.regions.regions(), chunk_rounds)


def candidates(
    geometry: Geometry, config: CraneConfig, *, density: float, align: int
) -> Iterator[Candidate]:
    """For each slicing and strip the fewest blocks that fit, with regions and estimated cycles.

    Parameters
    ----------
    geometry, config : Geometry, CraneConfig
        Layer, design.
    density : float
        Expected share of non-zero inputs.
    align : int
        Slices and blocks begin at multiples of it [channels].

    Raises
    ------
    ValueError
        As in :func:`slicings`.
    """
    choice = RegionChoice(geometry, config)
    pairs_of = PairCounts(geometry.layer, index_bits=config.index_bits)
    for units in slicings(geometry, config, align):
        alike = [
            _Alike(same, pairs_of.taps([(unit.outputs, unit.slices) for unit in same]))
            for same in _of_equal_shape(units)
        ]
        for strip in _strips(geometry, config, units):
            candidate = _candidate(geometry, config, alike, strip, density, choice, pairs_of)
            if candidate is not None:
                yield candidate


def _of_equal_shape(units: list[Unit]) -> list[list[Unit]]:
    """Units that follow each other and have as many outputs, and slices of the same lengths."""
    shaped = groupby(units, key=lambda unit: (unit.outputs.length, unit.lengths))
    return [list(same) for _, same in shaped]


def _strips(geometry: Geometry, config: CraneConfig, units: list[Unit]) -> Iterator[Strip]:
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


def _candidate(
    geometry: Geometry,
    config: CraneConfig,
    alike: list[_Alike],
    strip: Strip,
    density: float,
    choice: RegionChoice,
    pairs_of: PairCounts,
) -> Candidate | None:
    """The fewest blocks that fit with a strip; none if nothing fits."""
    sized: list[tuple[Unit, int]] = []
    blocks: list[tuple[NDArray[np.int64], list[int]]] = []
    for units, taps in alike:
        lengths = units[0].lengths
        pairs = pairs_of.of(taps, strip).reshape(len(lengths), len(units), -1).swapaxes(0, 1)
        sizes = _block_sizes(geometry, config, strip, rows_of(pairs, config))
        if sizes is None:
            return None
        sized += zip(units, sizes.tolist(), strict=True)
        for size in np.unique(sizes).tolist():
            of_size = pairs[sizes == size]
            whole = of_size.shape[2] // size * size
            parts = [of_size[:, :, start : start + size] for start in range(0, whole, size)]
            blocks += [(np.concatenate(parts), lengths)] if parts else []
            blocks += [(of_size[:, :, whole:], lengths)] if whole < of_size.shape[2] else []
    regions = choice.cut(
        channels=max(length for _, lengths in blocks for length in lengths),
        items=max(share(counts.shape[2], config.pes) for counts, _ in blocks),
        sums_wait=any(len(lengths) > 1 for _, lengths in blocks),
    )
    if regions is None:
        return None
    cycles = estimate_cycles(geometry, config, strip, regions, blocks, density)
    return Candidate(cycles, strip, sized, regions)


def _block_sizes(
    geometry: Geometry, config: CraneConfig, strip: Strip, rows: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Most output channels whose rows fit the banks, in blocks of about equal size, unit by unit.

    None if some unit's do not fit at all.
    """
    pool = geometry.layer.pool
    open_rows = 0 if pool is None else share(pool.kernel[0], pool.stride[0])
    sizes = np.zeros(len(rows), np.int64)
    most = share(rows.shape[2], config.pes)
    for blocks in range(1, most + 1):
        items = share(most, blocks)
        if items * strip.columns > config.output_words or items * open_rows > config.pool_words:
            continue
        size = items * config.pes
        left = np.flatnonzero(sizes == 0)
        fits = _fullest_banks(config, rows[left], size) <= config.resident_rows
        sizes[left[fits]] = size
        if sizes.all():
            return sizes
    return None


def _fullest_banks(config: CraneConfig, rows: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Rows in the fullest bank of each unit, with blocks of `size` output channels."""
    units, slices, outputs = rows.shape
    padded = np.zeros((units, slices, share(outputs, 1, multiple=size)), np.int64)
    padded[:, :, :outputs] = rows
    banks = padded.reshape(units, slices, -1, size // config.pes, config.pes).sum(axis=3)
    fullest: NDArray[np.int64] = banks.max(axis=(1, 2, 3))
    return fullest
