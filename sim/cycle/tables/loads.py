"""How long the broadcast loader decodes each region."""

from __future__ import annotations

import numpy as np

from grus.bits import WORD_BITS, lowest_one
from grus.compiled import borrowing

__all__ = ["region_cycles"]


@borrowing
def region_cycles(inputs, regions, lengths, stream_pairs, run, lanes, cycles):
    """Cycles of the decoder for each region of each slice.

    A beat takes a cycle for each broadcast word that it reaches into.

    Parameters
    ----------
    inputs : ndarray of uint64, shape (slices, words, rows, columns)
        The padded slices, channels packed.
    regions : ndarray of int64, shape (regions, 4)
        First row, first column, rows and columns of each.
    lengths : ndarray of int64, shape (slices,)
        Channels of each slice.
    stream_pairs, run, lanes : int
        Pairs of a beat; positions of the longest pair; lanes of a broadcast word.
    cycles : ndarray of int64, shape (regions, slices)
        Written.
    """
    for region in range(len(regions)):
        top, left, rows, columns = regions[region]
        for index in range(len(lengths)):
            length = lengths[index]
            taken = 0
            for row in range(top, top + rows):
                for column in range(left, left + columns):
                    start = ((row - top) * columns + column - left) * length
                    pixel = inputs[index, :, row, column]
                    taken += _segment_cycles(pixel, length, start, stream_pairs, run, lanes)
            cycles[region, index] = taken


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
