"""Bytes that a layer moves for its tensors: ``docs/memory.md`` says what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.extent import Extent
from grus.compiler.geometry import Geometry
from grus.compiler.memory.kernels import Kernels
from grus.compiler.memory.maps import MapPlan
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.tiling import Tiling

__all__ = ["LayerTraffic", "Traffic", "bias_bytes", "input_bytes", "kernel_traffic", "result_bytes"]


class Traffic(NamedTuple):
    """Tensors on their way through the bus.

    Attributes
    ----------
    read, written : int
        Whole words that are read, and bytes that are written [bytes].
    """

    read: int
    written: int

    @property
    def total(self) -> int:
        """Both [bytes]."""
        return self.read + self.written


class LayerTraffic(NamedTuple):
    """What a layer moves for kernels, inputs and results.

    Attributes
    ----------
    planned : Traffic or None
        With the formats of the plan, for the sample that it was made with.
    dense : Traffic
        What the same tiles would move if all were dense.
    biases : int
        Read beside them [bytes].
    """

    planned: Traffic | None
    dense: Traffic
    biases: int

    @property
    def ratio(self) -> float | None:
        """Planned traffic against dense."""
        return None if self.planned is None else self.planned.total / self.dense.total

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        planned = None if self.planned is None else self.planned._asdict()
        dense = self.dense._asdict()
        return {"planned": planned, "dense": dense, "biases": self.biases, "ratio": self.ratio}


def kernel_traffic(tiling: Tiling, kernels: Kernels) -> tuple[int, int]:
    """Bytes that reading the kernels takes, and would take if they were dense."""
    loads = [
        kernels[turn.block.outputs, turn.channels] for turn in tiling.turns() if turn.loads_resident
    ]
    return sum(load.size for load in loads), sum(load.dense_size for load in loads)


def bias_bytes(tiling: Tiling, widths: SlotWidths) -> int:
    """Bytes that reading the biases takes."""
    return sum(
        widths.round_up(8 * turn.block.outputs.length)
        for turn in tiling.turns()
        if turn.loads_biases
    )


def input_bytes(
    geometry: Geometry,
    tiling: Tiling,
    plan: MapPlan,
    widths: SlotWidths,
    words: NDArray[np.int64] | None = None,
) -> int:
    """Bytes that reading the inputs takes: what regions and blocks share is read again.

    Parameters
    ----------
    geometry, tiling : Geometry, Tiling
        The layer, and how it is cut.
    plan : MapPlan
        How the inputs lie.
    widths : SlotWidths
        Formats of memory.
    words : ndarray of int64, shape (parts, rows, columns), optional
        Words of each pixel, if encoded.
    """
    size = 0
    for turn in tiling.turns():
        rows = geometry.inputs_of(turn.region.rows, 0).within(plan.rows)
        columns = geometry.inputs_of(turn.region.columns, 1).within(plan.columns)
        if not columns.length:
            continue
        for part in _parts(plan, turn.channels):
            if words is None:
                pixel = plan.length_of(part) * widths.value_bytes
                size += rows.length * _touched(columns, pixel, widths)
            else:
                pixels = words[part, rows.slice(), columns.slice()]
                size += int(pixels.sum()) * widths.word_bytes
                size += rows.length * _touched(columns, 1, widths)  # counters
    return size


def result_bytes(
    geometry: Geometry,
    tiling: Tiling,
    plan: MapPlan,
    widths: SlotWidths,
    words: NDArray[np.int64] | None = None,
) -> int:
    """Bytes that writing the results takes; parameters as in :func:`input_bytes`."""
    size = 0
    for turn in tiling.turns():
        if not turn.ends:
            continue
        rows, columns = geometry.completed_rows(turn.region.rows), turn.region.pooled_columns
        for part in _parts(plan, turn.block.outputs):
            count = rows.length * columns.length
            if words is None:
                size += count * plan.length_of(part) * widths.value_bytes
            else:
                pixels = words[part, rows.slice(), columns.slice()]
                size += int(pixels.sum()) * widths.word_bytes + count  # a byte for each counter
    return size


def _parts(plan: MapPlan, channels: Extent) -> Iterator[int]:
    yield from range(channels.start // plan.length, -(-channels.stop // plan.length))


def _touched(columns: Extent, pixel: int, widths: SlotWidths) -> int:
    """Bytes of the words that hold neighbouring pixels of a row that begins at a word."""
    first = columns.start * pixel // widths.word_bytes * widths.word_bytes
    return widths.round_up(columns.stop * pixel) - first
