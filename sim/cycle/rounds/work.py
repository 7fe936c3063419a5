"""What a round works on: the design's sizes, and the operands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.sim.cycle.rounds.dealt import Dealt

__all__ = ["Array", "Round", "Work"]


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
        All slices of the padded inputs, flat: under neighbouring outputs of a row lie neighbouring
        words.
    dealt : Dealt
        Which rows each element has.
    """

    first_kernel: NDArray[np.int64]
    first_row: NDArray[np.int64]
    first_word: NDArray[np.int64]
    offset: NDArray[np.int64]
    mask: NDArray[np.uint64]
    inputs: NDArray[np.uint64]
    dealt: Dealt


class Round(NamedTuple):
    """One round.

    Attributes
    ----------
    start : int
        Cycle in which it begins.
    load, kernel : int
        Its load, and the first kernel of it.
    kernels, columns : int
        Kernels of the load; output columns of the strip.
    place, hits : int
        Word of the first input under the first column; place of the round's hits in those of its
        tile.
    half : int
        Half of the output RAM.
    steal : bool
        Whether idle elements steal.
    """

    start: int
    load: int
    kernel: int
    kernels: int
    columns: int
    place: int
    hits: int
    half: int
    steal: bool
