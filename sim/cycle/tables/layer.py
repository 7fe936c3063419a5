"""From a layer and its tiling to the tables that the machine walks over."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.bits import WORD_BITS, pack_channels
from grus.compiler.extent import Extent, share
from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Tiling
from grus.hw.config import CraneConfig
from grus.sim.cycle.array.vectors import LANES, WORDS
from grus.sim.cycle.core.layer import Layer
from grus.sim.cycle.rounds.dealt import deal
from grus.sim.cycle.rounds.work import Work
from grus.sim.cycle.tables.kernels import KernelGeometry, KernelRows, kernel_rows
from grus.sim.cycle.tables.loads import region_cycles
from grus.sim.cycle.tables.output import output_shapes, output_vectors

__all__ = ["Tables", "make_tables"]


class Tables(NamedTuple):
    """What :func:`play_layer` takes.

    Attributes
    ----------
    layer : Layer
        Tiles and rounds.
    work : Work
        Operands.
    """

    layer: Layer
    work: Work


def make_tables(
    geometry: Geometry,
    tiling: Tiling,
    config: CraneConfig,
    inputs: NDArray[np.bool_],
    results: NDArray[np.bool_],
    *,
    steal: bool,
    cold: bool = True,
    dense_results: bool = False,
) -> Tables:
    """Work out all tables of a layer.

    Parameters
    ----------
    geometry, tiling, config : Geometry, Tiling, CraneConfig
        The layer, its cut, the design.
    inputs : ndarray of bool, shape (channels, rows, columns)
        Where inputs are not zero.
    results : ndarray of bool, shape (outputs, rows, columns)
        Where results are not zero.
    steal : bool
        Whether idle elements steal.
    cold : bool
        The output RAM must be cleared first.
    dense_results : bool
        Results keep their zeros.
    """
    slices = list(dict.fromkeys(piece for block in tiling.blocks for piece in block.slices))
    packed = _pack_inputs(geometry, tiling, slices, inputs)
    arranged = _arrange(packed, geometry.layer.window.stride[1])
    kernels = _kernels(geometry, tiling, config, slices, arranged)
    down = geometry.layer.window.stride[0]
    columns = arranged.shape[-1]
    shapes = output_shapes(geometry, tiling, config, dense_results)
    vectors, first_vector = output_vectors(geometry, tiling, config, results)
    layer = Layer(
        blocks=_blocks(tiling, config),
        loads=_loads(slices, tiling, arranged[0].size, kernels),
        patch_words=_patch_words(geometry, tiling, config),
        regions=_regions(geometry, tiling, columns),
        region_cycles=_region_cycles(geometry, tiling, config, slices, packed),
        row_pitch=down * columns,
        chunk_rounds=tiling.chunk_rounds,
        cleared=2 * config.output_words if cold else 0,
        steal=steal,
        shapes=shapes,
        vectors=vectors,
        first_vector=first_vector,
    )
    work = Work(
        kernels.first_kernel,
        kernels.first_row,
        kernels.first_word,
        kernels.offset,
        kernels.mask,
        np.append(arranged.reshape(-1), np.zeros(WORDS, np.uint64)),  # vectors read beyond the end
        deal(kernels.first_kernel, kernels.first_row, config.pes, share(config.pes, LANES) * LANES),
    )
    return Tables(layer, work)


def _pack_inputs(
    geometry: Geometry, tiling: Tiling, slices: list[Extent], inputs: NDArray[np.bool_]
) -> NDArray[np.uint64]:
    """Padded inputs, slice by slice: (slices, words, rows, columns)."""
    top, left = geometry.layer.window.padding[:2]
    rows, columns = (
        max(
            geometry.inputs_of(Extent(0, size), axis).length,
            (geometry.rows, geometry.columns)[axis] + pad,
        )
        for axis, (size, pad) in enumerate(zip(geometry.map_shape, (top, left), strict=True))
    )
    words = max(-(-piece.length // WORD_BITS) for piece in slices)
    packed = np.zeros((len(slices), words, rows, columns), np.uint64)
    for index, piece in enumerate(slices):
        inner = packed[index, :, top : top + geometry.rows, left : left + geometry.columns]
        pack_channels(inputs[piece.slice()], inner)
    return packed


def _arrange(packed: NDArray[np.uint64], step: int) -> NDArray[np.uint64]:
    """Packed inputs such that those under neighbouring outputs of a row are neighbours.

    Returns
    -------
    ndarray of uint64, shape (slices, words, step, rows, columns)
        Column `step * c + s` of the inputs is column c of part s.
    """
    *outer, columns = packed.shape
    parts = -(-columns // step)
    padded = np.zeros((*outer, parts * step), np.uint64)
    padded[..., :columns] = packed
    split = padded.reshape(*outer, parts, step)
    return np.ascontiguousarray(split.transpose(0, 1, 4, 2, 3))


def _kernels(
    geometry: Geometry,
    tiling: Tiling,
    config: CraneConfig,
    slices: list[Extent],
    arranged: NDArray[np.uint64],
) -> KernelRows:
    layer = geometry.layer
    down, right = layer.window.dilation
    _, _, step, rows, columns = arranged.shape
    under = np.arange(layer.weights.shape[3]) * right
    loads = [(*block.outputs, *piece) for block in tiling.blocks for piece in block.slices]
    return kernel_rows(
        layer.weights != 0,
        np.array(loads, dtype=np.int64),
        KernelGeometry(
            outputs_per_group=layer.outputs // layer.window.groups,
            row_pitch=down * columns,
            word_pitch=step * rows * columns,
            column_place=under % step * rows * columns + under // step,
            row_step=tiling.strip.row_step,
            column_step=np.array([right * (high - low) for _, _, low, high in loads]),
            lookahead=config.lookahead,
            stream_pairs=config.stream_pairs,
            largest_run=config.largest_run,
        ),
    )


def _blocks(tiling: Tiling, config: CraneConfig) -> NDArray[np.int64]:
    rows, load = [], 0
    for block in tiling.blocks:
        length = block.outputs.length
        rows.append((length, load, len(block.slices), share(length, config.pes)))
        load += len(block.slices)
    return np.array(rows, dtype=np.int64)


def _loads(
    slices: list[Extent], tiling: Tiling, slice_words: int, kernels: KernelRows
) -> NDArray[np.int64]:
    place = {piece: index for index, piece in enumerate(slices)}
    pieces = [piece for block in tiling.blocks for piece in block.slices]
    rows = [
        (place[piece], place[piece] * slice_words, kernels.beats[load])
        for load, piece in enumerate(pieces)
    ]
    return np.array(rows, dtype=np.int64)


def _patch_words(geometry: Geometry, tiling: Tiling, config: CraneConfig) -> NDArray[np.int64]:
    """Words of the patch of a strip, by load and by the strip's columns."""
    lanes, width = config.broadcast_lanes, tiling.strip.columns
    channels = np.array([piece.length for block in tiling.blocks for piece in block.slices])
    under = np.array([geometry.columns_under(columns) for columns in range(1, width + 1)])
    words = np.zeros((len(channels), width + 1), np.int64)
    for row in range(geometry.kernel[0]):
        start = row * tiling.strip.row_step
        run = channels[:, None] * under
        words[:, 1:] += (start + run - 1) // lanes - start // lanes + 1
    return words


def _regions(geometry: Geometry, tiling: Tiling, columns: int) -> NDArray[np.int64]:
    down = geometry.layer.window.stride[0]
    width = tiling.strip.columns
    rows = []
    for region in tiling.regions:
        strips = share(region.columns.length, width)
        place = region.rows.start * down * columns + region.columns.start
        last = region.columns.length - (strips - 1) * width
        rows.append((place, region.rows.length, strips, last, width))
    return np.array(rows, dtype=np.int64)


def _region_cycles(
    geometry: Geometry,
    tiling: Tiling,
    config: CraneConfig,
    slices: list[Extent],
    packed: NDArray[np.uint64],
) -> NDArray[np.int64]:
    top, left = geometry.layer.window.padding[:2]
    regions = []
    for region in tiling.regions:
        rows, columns = geometry.inputs_of(region.rows, 0), geometry.inputs_of(region.columns, 1)
        regions.append((rows.start + top, columns.start + left, rows.length, columns.length))
    cycles = np.zeros((len(regions), len(slices)), np.int64)
    region_cycles(
        packed,
        np.array(regions),
        np.array([piece.length for piece in slices]),
        config.stream_pairs,
        config.largest_run + 1,
        config.broadcast_lanes,
        cycles,
    )
    return cycles
