"""What a round works on: the design's sizes, the operands, and memory for what happens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import compiled
from grus.sim.cycle.bits import count_ones

__all__ = [
    "THIEF",
    "Array",
    "Round",
    "Scratch",
    "Work",
    "count_round",
    "count_row",
    "new_scratch",
]

THIEF = 8  # fields of a thief; see `thefts`


class Array(NamedTuple):
    """What of the design the array's timing depends on.

    Attributes
    ----------
    pes, group_pes, multipliers : int
        As in the design.
    latency : int
        Cycles from a work-item's last match to the arbiter of the output RAM.
    fetch_cycles : int
        Cycles from a row's grant to the counters, when nothing waits.
    dense : bool
        Elements own their kernels and multiply zeros of the inputs, too: a Cambricon-X.
    """

    pes: int
    group_pes: int
    multipliers: int
    latency: int
    fetch_cycles: int
    dense: bool


class Work(NamedTuple):
    """Zero patterns of a layer's operands.

    Attributes
    ----------
    first_kernel, first_row, first_word, offset, mask : ndarray
        As in :class:`KernelRows`.
    inputs : ndarray of uint64, shape (words,)
        All slices of the padded inputs, flat.
    """

    first_kernel: NDArray[np.int64]
    first_row: NDArray[np.int64]
    first_word: NDArray[np.int64]
    offset: NDArray[np.int64]
    mask: NDArray[np.uint64]
    inputs: NDArray[np.uint64]


class Round(NamedTuple):
    """One round.

    Attributes
    ----------
    start : int
        Cycle in which it begins.
    kernel : int
        First kernel of its load.
    kernels, columns : int
        Kernels of the load; output columns of the strip.
    place, pitch : int
        Word of the first input under the first column, and distance to the next column's.
    half : int
        Half of the output RAM.
    steal : bool
        Whether idle elements steal.
    """

    start: int
    kernel: int
    kernels: int
    columns: int
    place: int
    pitch: int
    half: int
    steal: bool


class Scratch(NamedTuple):
    """Memory of one round, for each element and each of its own work-items.

    Attributes
    ----------
    finish, gathered : ndarray of int64, shape (elements, items)
        Grant of the work-item's last row; its last match leaves the joiner.
    rows : ndarray of int64, shape (elements, items + 1)
        Rows of the work-items before.
    grants, lefts : ndarray of int64, shape (elements, rows)
        Grant of each row; when it leaves the row registers.
    behind : ndarray of int64, shape (elements, items, 4)
        Behind each work-item: when its last row is matched and joined; busy cycles and pairs since
        the round's start.
    hits : ndarray of int64, shape (columns, rows of a load)
        Effectual pairs of each row, and column of the strip.
    own, kept : ndarray of int64, shape (elements,)
        Work-items of the element, and those that are not stolen from it.
    thief : ndarray of int64, shape (elements, THIEF)
        What a thief does; see `thefts`.
    """

    finish: NDArray[np.int64]
    gathered: NDArray[np.int64]
    rows: NDArray[np.int64]
    grants: NDArray[np.int64]
    lefts: NDArray[np.int64]
    behind: NDArray[np.int64]
    hits: NDArray[np.int64]
    own: NDArray[np.int64]
    kept: NDArray[np.int64]
    thief: NDArray[np.int64]


@compiled
def new_scratch(pes, columns, items, rows):
    """Memory for rounds of at most so many columns, work-items and rows of an element in each."""
    return Scratch(
        np.zeros((pes, columns * items + 1), np.int64),
        np.zeros((pes, columns * items + 1), np.int64),
        np.zeros((pes, columns * items + 2), np.int64),
        np.zeros((pes, columns * rows + 1), np.int64),
        np.zeros((pes, columns * rows + 1), np.int64),
        np.zeros((pes, columns * items + 1, 4), np.int64),
        np.zeros((columns, pes * rows), np.int64),
        np.zeros(pes, np.int64),
        np.zeros(pes, np.int64),
        np.zeros((pes, THIEF), np.int64),
    )


@compiled
def count_row(work, row, place):
    """Effectual pairs of a row with the inputs from word `place` on."""
    hits = np.uint64(0)
    for word in range(work.first_word[row], work.first_word[row + 1]):
        hits += count_ones(work.inputs[place + work.offset[word]] & work.mask[word])
    return np.int64(hits)


@compiled
def count_round(work, this, hits):
    """Effectual pairs of all rows of a round, by column and by row from the load's first on."""
    first_word, offset, mask, inputs = work.first_word, work.offset, work.mask, work.inputs
    first = work.first_row[this.kernel]
    stop = work.first_row[this.kernel + this.kernels]
    for column in range(this.columns):
        place = this.place + column * this.pitch
        for row in range(first, stop):
            ones = np.uint64(0)
            for word in range(first_word[row], first_word[row + 1]):
                ones += count_ones(inputs[place + offset[word]] & mask[word])
            hits[column, row - first] = ones
