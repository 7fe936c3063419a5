"""What the output unit does with each tile, and which of its vectors hold what."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing
from grus.compiler.descriptor import describe_output
from grus.compiler.extent import share
from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Block, Region, Tiling
from grus.hw.config import CraneConfig
from grus.sim.cycle.output import OutputShape

__all__ = ["output_shapes", "output_vectors"]


def output_shapes(
    geometry: Geometry, tiling: Tiling, config: CraneConfig, dense: bool
) -> NDArray[np.int64]:
    """Fields of :class:`OutputShape` for each tile, shape (blocks, regions, fields)."""
    table = [
        [_shape(geometry, tiling, config, block, region, dense) for region in tiling.regions]
        for block in tiling.blocks
    ]
    return np.array(table, dtype=np.int64)


def _shape(
    geometry: Geometry,
    tiling: Tiling,
    config: CraneConfig,
    block: Block,
    region: Region,
    dense: bool,
) -> OutputShape:
    items = share(block.outputs.length, config.pes)
    output: dict[str, Any] = describe_output(geometry, config, tiling, region, items, None)
    pool = output["pool"]
    top, left = pool.get("top", {}), pool.get("left", {})
    return OutputShape(
        rows=output["rows"],
        columns=output["columns"],
        items=items,
        kind=pool["kind"],
        first=pool.get("first", 0),
        last=pool.get("last", 0),
        pooled_rows=pool.get("rows", 0),
        pooled_columns=pool.get("columns", 0),
        kernel_rows=pool.get("kernel_rows", 0),
        kernel_columns=pool.get("kernel_columns", 0),
        stride_rows=pool.get("stride_rows", 0),
        stride_columns=pool.get("stride_columns", 0),
        top_window=top.get("window", 0),
        top_phase=top.get("phase", 0),
        left_phase=left.get("phase", 0),
        segment_groups=output["segment_groups"],
        dense=dense,
        lanes=config.pes,
        run=config.largest_run + 1,
        division=config.pool_bits + 4,
    )


def output_vectors(
    geometry: Geometry, tiling: Tiling, config: CraneConfig, results: NDArray[np.bool_]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Marks of the vectors that leave each tile, in order, and where each tile's begin."""
    first = np.zeros((len(tiling.blocks), len(tiling.regions)), np.int64)
    parts, count = [], 0
    for row, block in enumerate(tiling.blocks):
        for column, region in enumerate(tiling.regions):
            rows = geometry.completed_rows(region.rows)
            part = results[block.outputs.slice(), rows.slice(), region.pooled_columns.slice()]
            items = share(block.outputs.length, config.pes)
            marks = np.zeros(part[0].size * items, np.uint64)
            _mark_vectors(part, config.pes, items, marks)
            first[row, column] = count
            count += len(marks)
            parts.append(marks)
    return np.concatenate([*parts, np.zeros(1, np.uint64)]), first


@borrowing
def _mark_vectors(part, pes, items, marks):
    channels, rows, columns = part.shape
    for channel in range(channels):
        group, bit = channel // pes, np.uint64(1) << np.uint64(channel % pes)
        for row in range(rows):
            for column in range(columns):
                if part[channel, row, column]:
                    marks[(row * columns + column) * items + group] |= bit
