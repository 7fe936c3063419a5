"""Effectual pairs of all rounds of a tile, counted at once.

Rows are put in the order in which the elements take them: for each strip, each element's rows
of its first column, then of the next. So an element walks over its own rows one by one.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing, compiled, inlined
from grus.sim.cycle.array.vectors import (
    WORDS,
    broadcast,
    count_each,
    load_words,
    store_halves,
)
from grus.sim.cycle.rounds.dealt import rows_before

__all__ = ["LAST_ROW", "Hits", "count_tile", "new_hits"]

LAST_ROW = 1 << 15  # marks a work-item's last row; the bits below count its pairs


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


@borrowing
def count_tile(work, pes, load, place, row_pitch, rows, columns, width, hits):
    """Count the effectual pairs of all resident rows at all outputs of a region.

    Parameters
    ----------
    work : Work
        The operands.
    pes : int
        Elements.
    load : int
        Kernels and slice of the tile.
    place, row_pitch : int
        Word of the first input under the first output; words to those of the next row.
    rows, columns, width : int
        Outputs of the region; columns of a strip.
    hits : Hits
        Written: for each row of outputs and each strip, `width` times the rows of the load.
    """
    all_rows = work.dealt.rows[load]
    _place_columns(work, pes, load, columns, width, hits.place)
    strips = (columns + width - 1) // width
    first, stop = work.first_kernel[load], work.first_kernel[load + 1]
    for row in range(rows):
        at_row = row * strips * width * all_rows
        inputs = place + row * row_pitch
        for kernel in range(first, stop):
            behind = at_row + work.dealt.place[kernel]
            _count_kernel(work, kernel, inputs, columns, (kernel - first) % pes, behind, hits)


@borrowing
def _place_columns(work, pes, load, columns, width, place):
    """Where each element's rows at each column of outputs begin."""
    all_rows = work.dealt.rows[load]
    for pe in range(pes):
        before, behind = rows_before(work.dealt, load, pe, pes)
        for column in range(columns):
            strip = column // width
            strip_columns = min(width, columns - strip * width)
            place[pe, column] = (
                strip * width * all_rows
                + before * strip_columns
                + column % width * (behind - before)
            )


@inlined
def _count_kernel(work, kernel, inputs, columns, pe, behind, hits):
    """A kernel's rows at a row of outputs."""
    first_word, offset, mask = work.first_word, work.offset, work.mask
    counts, place = hits.counts, hits.place
    stop = work.first_row[kernel + 1]
    for row in range(work.first_row[kernel], stop):
        last = np.uint16(LAST_ROW if row == stop - 1 else 0)
        for column in range(0, columns, WORDS):
            ones = broadcast(np.uint64(0))
            for word in range(first_word[row], first_word[row + 1]):
                under = load_words(work.inputs, inputs + column + offset[word])
                ones += count_each(under & broadcast(mask[word]))
            store_halves(counts, 0, ones)
            for index in range(min(WORDS, columns - column)):
                hits.rows[place[pe, column + index] + behind] = counts[index] | last
        behind += 1
