"""What a round works on: the design's sizes, the operands, and memory for what happens."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.sim.cycle.bits import count_ones
from grus.sim.cycle.compiled import compiled
from grus.sim.cycle.element import (
    ACTIVE,
    BUSY,
    FETCH_CYCLES,
    GATHERED,
    GRANTED,
    JOINED,
    LEFT_1,
    LEFT_2,
    LEFT_3,
    MACS,
    MATCHED,
    PENDING,
    READY,
    STATE,
)
from grus.sim.cycle.results import push_own

__all__ = [
    "THIEF",
    "Array",
    "Round",
    "Scratch",
    "Work",
    "count_hits",
    "keep_state",
    "new_scratch",
    "settle",
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
    """

    pes: int
    group_pes: int
    multipliers: int
    latency: int


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
    grants : ndarray of int64, shape (elements, rows)
        Grant of each row.
    states : ndarray of int64, shape (elements, items + 1, STATE)
        The element before each work-item; busy cycles and pairs from the round's start.
    own, kept : ndarray of int64, shape (elements,)
        Work-items of the element, and those that are not stolen from it.
    thief : ndarray of int64, shape (elements, THIEF)
        What a thief does; see `thefts`.
    """

    finish: NDArray[np.int64]
    gathered: NDArray[np.int64]
    rows: NDArray[np.int64]
    grants: NDArray[np.int64]
    states: NDArray[np.int64]
    own: NDArray[np.int64]
    kept: NDArray[np.int64]
    thief: NDArray[np.int64]


@compiled
def new_scratch(pes, items, rows):
    """Memory for rounds of at most `items` work-items and `rows` rows of each element."""
    return Scratch(
        np.zeros((pes, items + 1), np.int64),
        np.zeros((pes, items + 1), np.int64),
        np.zeros((pes, items + 2), np.int64),
        np.zeros((pes, rows + 1), np.int64),
        np.zeros((pes, items + 2, STATE), np.int64),
        np.zeros(pes, np.int64),
        np.zeros(pes, np.int64),
        np.zeros((pes, THIEF), np.int64),
    )


@compiled
def count_hits(work, row, place):
    """Effectual pairs of a row with the inputs from word `place` on."""
    hits = np.uint64(0)
    for word in range(work.first_word[row], work.first_word[row + 1]):
        hits += count_ones(work.inputs[place + work.offset[word]] & work.mask[word])
    return np.int64(hits)


@compiled
def keep_state(
    kept, granted, left_1, left_2, left_3, matched, joined, ready, pending, active, busy, macs
):
    """Remember an element as it is between two of its own work-items."""
    kept[GRANTED] = granted
    kept[LEFT_1], kept[LEFT_2], kept[LEFT_3] = left_1, left_2, left_3
    kept[MATCHED], kept[JOINED], kept[READY] = matched, joined, ready
    kept[PENDING], kept[ACTIVE] = pending, active
    kept[BUSY], kept[MACS] = busy, macs


@compiled
def settle(array, this, pe, state, scratch, results, group, theft):
    """An element's own work-items that were not stolen count; their results are on their way.

    Parameters
    ----------
    array, this, pe, state, scratch, results, group
        As in :func:`play_round`.
    theft : int
        Cycle of the first theft in the group.
    """
    kept = scratch.kept[pe]
    if kept == 0:
        return
    held = scratch.states[pe, kept]
    for field in range(GATHERED):
        state[field] = held[field]
    state[GATHERED] = held[ACTIVE]
    state[BUSY] += held[BUSY]
    state[MACS] += held[MACS]
    # What stands before the arbiter before the first stolen result is taken at once.
    alone = theft + FETCH_CYCLES + 2 + array.latency
    push_own(results, pe, this.half, scratch.gathered[pe], kept, array.latency, alone, group)
