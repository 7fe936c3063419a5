"""What the output unit does with each tile, and which of its vectors hold what."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing
from grus.compiler.descriptor import describe_output
from grus.compiler.extent import share
from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Region, Tiling
from grus.hw.config import CraneConfig
from grus.sim.cycle.core.output import OutputShape

__all__ = ["output_shapes", "output_vectors"]


def output_shapes(
    geometry: Geometry, tiling: Tiling, config: CraneConfig, dense: bool
) -> NDArray[np.int64]:
    """Fields of :class:`OutputShape` for each tile, shape (blocks, regions, fields)."""
    groups = [share(block.outputs.length, config.pes) for block in tiling.blocks]
    of_items = {
        items: [_shape(geometry, tiling, config, items, region, dense) for region in tiling.regions]
        for items in set(groups)
    }
    return np.array([of_items[items] for items in groups], dtype=np.int64)


def _shape(
    geometry: Geometry,
    tiling: Tiling,
    config: CraneConfig,
    items: int,
    region: Region,
    dense: bool,
) -> OutputShape:
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
    outputs = np.array([block.outputs for block in tiling.blocks])
    rows = np.array([geometry.completed_rows(region.rows) for region in tiling.regions])
    columns = np.array([region.pooled_columns for region in tiling.regions])
    positions = (rows[:, 1] - rows[:, 0]) * (columns[:, 1] - columns[:, 0])
    sizes = -(-(outputs[:, 1] - outputs[:, 0]) // config.pes)[:, None] * positions
    ends = np.cumsum(sizes).reshape(sizes.shape)
    marks = np.zeros(int(ends[-1, -1]) + 1, np.uint64)
    _mark_vectors(results, outputs, rows, columns, config.pes, ends - sizes, marks)
    return marks, ends - sizes


@borrowing
def _mark_vectors(results, outputs, rows, columns, pes, first, marks):
    for block in range(len(outputs)):
        items = (outputs[block, 1] - outputs[block, 0] + pes - 1) // pes
        for region in range(len(rows)):
            width = columns[region, 1] - columns[region, 0]
            for channel in range(outputs[block, 0], outputs[block, 1]):
                index = channel - outputs[block, 0]
                bit = np.uint64(index % pes)
                for row in range(rows[region, 0], rows[region, 1]):
                    place = first[block, region] + index // pes
                    place += (row - rows[region, 0]) * width * items
                    for column in range(columns[region, 0], columns[region, 1]):
                        marks[place] |= np.uint64(results[channel, row, column]) << bit
                        place += items
