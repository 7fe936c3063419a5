"""Effectual pairs of all rounds of a tile, counted at once.

Rows are put in the order in which the elements take them: for each strip, each element's rows
of its first column, then of the next. So an element walks over its own rows one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing, compiled
from grus.sim.cycle.vectors import WORDS, broadcast, count_each, load_words, store_halves

__all__ = ["LAST_ROW", "Dealt", "Hits", "count_tile", "deal", "new_hits"]

LAST_ROW = 1 << 15  # marks a work-item's last row; the bits below count its pairs


class Dealt(NamedTuple):
    """Resident rows, dealt to the elements.

    Attributes
    ----------
    before : ndarray of int64, shape (loads, elements + 1)
        Rows of a load that belong to the elements before.
    place : ndarray of int64, shape (kernels,)
        Rows of the same element, in the same load, before each kernel's first.
    """

    before: NDArray[np.int64]
    place: NDArray[np.int64]


class Hits(NamedTuple):
    """Effectual pairs of the rows of a tile.

    Attributes
    ----------
    rows : ndarray of uint16
        Of each row its pairs, and LAST_ROW; longer than a tile's rows by two.
    place : ndarray of int64, shape (elements, columns)
        Scratch: where each element's rows at each column of outputs begin.
    counts : ndarray of uint16, shape (WORDS,)
        Scratch.
    """

    rows: NDArray[np.uint16]
    place: NDArray[np.int64]
    counts: NDArray[np.uint16]


@compiled
def new_hits(pes, columns, rows):
    """Room for the hits of so many rows, at so many columns of outputs."""
    return Hits(
        np.zeros(rows + 2, np.uint16),  # a gather reads beyond the last
        np.zeros((pes, columns), np.int64),
        np.zeros(WORDS, np.uint16),
    )


@compiled
def deal(first_kernel, first_row, pes):
    """Kernels go to the elements in turn (D-008)."""
    loads = len(first_kernel) - 1
    before = np.zeros((loads, pes + 1), np.int64)
    place = np.zeros(len(first_row) - 1, np.int64)
    for load in range(loads):
        rows = np.zeros(pes, np.int64)
        for kernel in range(first_kernel[load], first_kernel[load + 1]):
            pe = (kernel - first_kernel[load]) % pes
            place[kernel] = rows[pe]
            rows[pe] += first_row[kernel + 1] - first_row[kernel]
        for pe in range(pes):
            before[load, pe + 1] = before[load, pe] + rows[pe]
    return Dealt(before, place)


@borrowing
def count_tile(work, load, place, row_pitch, rows, columns, width, hits):
    """Count the effectual pairs of all resident rows at all outputs of a region.

    Parameters
    ----------
    work : Work
        The operands.
    load : int
        Kernels and slice of the tile.
    place, row_pitch : int
        Word of the first input under the first output; words to those of the next row.
    rows, columns, width : int
        Outputs of the region; columns of a strip.
    hits : Hits
        Written: for each row of outputs and each strip, `width` times the rows of the load.
    """
    before = work.dealt.before[load]
    pes = len(before) - 1
    strips = (columns + width - 1) // width
    first, stop = work.first_kernel[load], work.first_kernel[load + 1]
    for column in range(columns):
        strip = column // width
        strip_columns = min(width, columns - strip * width)
        for pe in range(pes):
            own = before[pe + 1] - before[pe]
            hits.place[pe, column] = (
                strip * width * before[pes] + before[pe] * strip_columns + column % width * own
            )
    for row in range(rows):
        at_row = row * strips * width * before[pes]
        for column in range(0, columns, WORDS):
            inputs = place + row * row_pitch + column
            for kernel in range(first, stop):
                places = hits.place[(kernel - first) % pes]
                _count_kernel(
                    work,
                    kernel,
                    inputs,
                    places[column : min(column + WORDS, columns)],
                    at_row + work.dealt.place[kernel],
                    hits,
                )


@borrowing
def _count_kernel(work, kernel, inputs, places, behind, hits):
    """A kernel's rows at neighbouring columns of outputs; counts of the first go to `places`."""
    first_word, offset, mask = work.first_word, work.offset, work.mask
    counts = hits.counts
    stop = work.first_row[kernel + 1]
    for row in range(work.first_row[kernel], stop):
        ones = broadcast(np.uint64(0))
        for word in range(first_word[row], first_word[row + 1]):
            ones += count_each(
                load_words(work.inputs, inputs + offset[word]) & broadcast(mask[word])
            )
        store_halves(counts, 0, ones)
        last = np.uint16(LAST_ROW if row == stop - 1 else 0)
        for column in range(len(places)):
            hits.rows[places[column] + behind] = counts[column] | last
        behind += 1
