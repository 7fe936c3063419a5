"""Which of a load's kernels and resident rows each element has."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import compiled, inlined

__all__ = ["Dealt", "deal", "dealt_place", "rows_before"]


class Dealt(NamedTuple):
    """Kernels and resident rows, dealt to the elements in turn (D-008).

    Attributes
    ----------
    kernels, before : ndarray of int32, shape (loads, lanes)
        Kernels of each element, and rows of the elements before it; flat.
    rows : ndarray of int64, shape (loads,)
        Rows of all elements.
    place : ndarray of int64, shape (kernels,)
        Rows of the same element, in the same load, before each kernel's first.
    """

    kernels: NDArray[np.int32]
    before: NDArray[np.int32]
    rows: NDArray[np.int64]
    place: NDArray[np.int64]


@compiled
def deal(first_kernel, first_row, pes, lanes):
    """Deal the kernels of all loads to elements, with room for so many lanes."""
    loads = len(first_kernel) - 1
    dealt = Dealt(
        np.zeros(loads * lanes, np.int32),
        np.zeros(loads * lanes, np.int32),
        np.zeros(loads, np.int64),
        np.zeros(len(first_row) - 1, np.int64),
    )
    for load in range(loads):
        for pe in range(pes):
            own = 0
            dealt.before[load * lanes + pe] = dealt.rows[load]
            for kernel in range(first_kernel[load] + pe, first_kernel[load + 1], pes):
                dealt.kernels[load * lanes + pe] += 1
                dealt.place[kernel] = own
                own += first_row[kernel + 1] - first_row[kernel]
            dealt.rows[load] += own
    return dealt


@inlined
def dealt_place(dealt, load, pe):
    """Where an element's number stands in `kernels` and in `before`."""
    return load * (len(dealt.kernels) // len(dealt.rows)) + pe


@inlined
def rows_before(dealt, load, pe, pes):
    """Rows of a load before an element's own, and before those of the next of `pes` elements."""
    place = dealt_place(dealt, load, pe)
    before, behind = np.int64(dealt.before[place]), dealt.rows[load]
    if pe + 1 < pes:
        behind = np.int64(dealt.before[place + 1])
    return before, behind
