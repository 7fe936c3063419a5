"""What every processing element of a Crane core does with a layer, work-item by work-item."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from grus.compiler.extent import share
from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Tiling
from grus.hw.config import CraneConfig
from grus.sim.cycle.core.machine import play_layer
from grus.sim.cycle.fit import fit_layer
from grus.sim.cycle.steps.state import LOG_FIELDS
from grus.sim.cycle.tables.array import array_of
from grus.sim.cycle.tables.layer import Tables, make_tables
from grus.sim.cycle.trace_events import LayerTrace, TraceEvent, TraceSpan
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["count_work_items", "trace_layer"]


def count_work_items(layer: SparseLayer, config: CraneConfig) -> int:
    """Work-items of a layer on a design, without playing it.

    Raises
    ------
    ValueError
        If the layer does not fit the design.
    """
    _, tiling = fit_layer(layer, config)
    return layer.positions * sum(
        block.outputs.length * len(block.slices) for block in tiling.blocks
    )


def trace_layer(layer: SparseLayer, config: CraneConfig, *, steal: bool = True) -> LayerTrace:
    """Play a layer step by step, and keep what becomes of each work-item.

    A work-item is an element's from the cycle behind that in which it is taken until the grant of
    its last row; its pairs are matched and its sum is added a few cycles later.

    Parameters
    ----------
    layer : SparseLayer
        The layer.
    config : CraneConfig
        The design.
    steal : bool
        Let idle processing elements steal.

    Returns
    -------
    LayerTrace
        Work-items, rounds and tiles; cycles count from reset.

    Raises
    ------
    ValueError
        If the layer does not fit the design.
    """
    computed, tiling = fit_layer(layer, config)
    geometry = Geometry.of(computed, layer.inputs.shape)
    results = np.ones(layer.output_shape, np.bool_)
    tables = make_tables(geometry, tiling, config, layer.inputs, results, steal=steal)
    log = np.zeros((count_work_items(layer, config), LOG_FIELDS), np.int64)
    array = array_of(config)
    played = play_layer(array, tables.layer, tables.work, True, log)
    walked = list(_rounds(tables, tiling))
    starts, numbers = np.unique(log[:, 4], return_inverse=True)
    ends = np.zeros(len(starts), np.int64)
    np.maximum.at(ends, numbers, log[:, 6] + 1)
    events = [
        TraceEvent(
            pe=pe,
            start=taken + 1,
            end=granted + 1,
            bank=bank,
            output=kernel + walked[number][1],
            row=walked[number][2],
            column=walked[number][3] + column,
        )
        for (pe, bank, kernel, column, _, taken, granted), number in zip(
            log.tolist(), numbers.tolist(), strict=True
        )
    ]
    return LayerTrace(layer.name, played.cycles, events, list(_spans(walked, starts, ends)))


def _rounds(tables: Tables, tiling: Tiling) -> Iterator[tuple[str, int, int, int]]:
    """Of each round in its order its tile, and what makes its kernels and columns the layer's."""
    load = 0
    for block in tiling.blocks:
        for region in tiling.regions:
            for index, channels in enumerate(block.slices):
                outputs = _named("outputs", *block.outputs)
                rows, columns = _named("rows", *region.rows), _named("columns", *region.columns)
                tile = f"{outputs}, {rows}, {columns}, {_named('channels', *channels)}"
                first = block.outputs.start - int(tables.work.first_kernel[load + index])
                strips = share(region.columns.length, tiling.strip.columns)
                for row in range(*region.rows):
                    for strip in range(strips):
                        column = region.columns.start + strip * tiling.strip.columns
                        yield tile, first, row, column
        load += len(block.slices)


def _named(what: str, start: int, stop: int) -> str:
    return f"{what} {start} to {stop - 1}"


def _spans(
    rounds: list[tuple[str, int, int, int]], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> Iterator[TraceSpan]:
    tile, begin, end = "", 0, 0
    for (name, _, row, column), start, stop in zip(
        rounds, starts.tolist(), ends.tolist(), strict=True
    ):
        yield TraceSpan("rounds", f"row {row}, from column {column}", start + 1, stop)
        if tile and tile != name:
            yield TraceSpan("tiles", tile, begin, end)
        if tile != name:
            tile, begin = name, start + 1
        end = stop
    if tile:
        yield TraceSpan("tiles", tile, begin, end)
