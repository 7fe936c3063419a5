"""How long the broadcast loader decodes each region."""

from __future__ import annotations

import numpy as np

from grus.compiled import borrowing
from grus.sim.cycle.bits import WORD_BITS, lowest_one

__all__ = ["region_cycles"]


@borrowing
def region_cycles(inputs, top, left, rows, columns, length, stream_pairs, run, lanes):
    """Cycles of the decoder for one region of one slice.

    A beat takes a cycle for each broadcast word that it reaches into.

    Parameters
    ----------
    inputs : ndarray of uint64, shape (rows, columns, words)
        The padded slice, channels packed.
    top, left, rows, columns : int
        The region.
    length : int
        Channels of the slice.
    stream_pairs, run, lanes : int
        Pairs of a beat; positions of the longest pair; lanes of a broadcast word.

    Returns
    -------
    int
        Cycles.
    """
    cycles = 0
    for row in range(rows):
        for column in range(columns):
            pixel = inputs[top + row, left + column]
            start = (row * columns + column) * length
            cycles += _segment_cycles(pixel, length, start, stream_pairs, run, lanes)
    return cycles


@borrowing
def _segment_cycles(pixel, length, start, stream_pairs, run, lanes):
    """One segment: a pixel whose channel 0 has position `start`."""
    cycles = 0
    pairs = 0  # of the beat so far
    first = start  # first position still to be written
    behind = 0  # channel behind the last pair
    filled = False
    for word_index in range(len(pixel)):
        base = word_index * WORD_BITS
        word = pixel[word_index]
        while word:
            channel = base + np.int64(lowest_one(word))
            word &= word - np.uint64(1)
            while True:  # fillers, then the value
                place = min(behind + run - 1, channel)
                if filled:  # the beat before is full, and not the last one
                    limit = start + behind
                    cycles += max(1, (limit - 1) // lanes - first // lanes + 1)
                    first = limit
                    filled = False
                pairs += 1
                behind = place + 1
                if pairs == stream_pairs:
                    pairs = 0
                    filled = True
                if place == channel:
                    break
    limit = start + length
    return cycles + max(1, (limit - 1) // lanes - first // lanes + 1)
