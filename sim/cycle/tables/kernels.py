"""Resident rows as bit masks: which inputs each row of each kernel meets."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.bits import WORD_BITS, lowest_one, ones_from, pack_kernels
from grus.compiled import borrowing, compiled

__all__ = ["KernelGeometry", "KernelRows", "kernel_rows"]


class KernelRows(NamedTuple):
    """Kernels on slices, cut into resident rows.

    A *load* is a block of kernels on one slice, as a tile loads it.

    Attributes
    ----------
    first_kernel : ndarray of int64, shape (loads + 1,)
        First kernel of each load.
    first_row : ndarray of int64, shape (kernels + 1,)
        First resident row of each kernel.
    first_word : ndarray of int64, shape (rows + 1,)
        First mask of each row.
    offset : ndarray of int64, shape (words,)
        Where the mask's inputs lie, in words from the first input under the kernel.
    mask : ndarray of uint64, shape (words,)
        Marks of the row's non-zero weights.
    beats : ndarray of int64, shape (loads,)
        Beats of each load's encoded stream.
    """

    first_kernel: NDArray[np.int64]
    first_row: NDArray[np.int64]
    first_word: NDArray[np.int64]
    offset: NDArray[np.int64]
    mask: NDArray[np.uint64]
    beats: NDArray[np.int64]


class KernelGeometry(NamedTuple):
    """What the cut needs to know of the layer.

    Attributes
    ----------
    outputs_per_group : int
        Output channels of a group.
    row_pitch, word_pitch : int
        Words between the inputs of neighbouring kernel rows, and between those of channels that
        are 64 apart.
    column_place : ndarray of int64, shape (kernel columns,)
        Words from the inputs of the first kernel column to those of each.
    row_step, column_step : int
        Positions between them in the patch.
    lookahead, stream_pairs, largest_run : int
        Of the design.
    """

    outputs_per_group: int
    row_pitch: int
    word_pitch: int
    column_place: NDArray[np.int64]
    row_step: int
    column_step: NDArray[np.int64]
    lookahead: int
    stream_pairs: int
    largest_run: int


@compiled
def kernel_rows(weights, loads, geometry) -> KernelRows:
    """Cut the kernels of all loads into rows of `lookahead` pairs.

    Parameters
    ----------
    weights : ndarray of bool, shape (outputs, channels per group, kernel rows, kernel columns)
        Where weights are not zero.
    loads : ndarray of int64, shape (loads, 4)
        Of each load the first output channel and the one behind the last; so for input channels.
    geometry : KernelGeometry
        The layer; its `column_step` has one entry for each load.

    Returns
    -------
    KernelRows
        All rows.
    """
    packed = pack_kernels(weights)
    kernel_height, kernel_width = weights.shape[2:]
    taps = kernel_height * kernel_width
    kernels = 0
    words = 0
    rows = 0
    for load in range(len(loads)):
        first, stop, low, high = loads[load]
        kernels += stop - first
        per_kernel = taps * ((high - low + WORD_BITS - 1) // WORD_BITS)
        # Every row may cut one word in two, and a row holds at least one position.
        positions = (
            (kernel_height - 1) * geometry.row_step
            + (kernel_width - 1) * geometry.column_step[load]
            + high
            - low
        )
        most_rows = positions // geometry.lookahead + 1
        words += (stop - first) * (per_kernel + most_rows)
        rows += (stop - first) * most_rows
    first_kernel = np.zeros(len(loads) + 1, np.int64)
    first_row = np.zeros(kernels + 1, np.int64)
    first_word = np.zeros(rows + 1, np.int64)
    offset = np.zeros(words, np.int64)
    mask = np.zeros(words, np.uint64)
    beats = np.zeros(len(loads), np.int64)
    kernel = row = word = 0
    for load in range(len(loads)):
        first, stop, low, high = loads[load]
        for output in range(first, stop):
            row, word, pairs = _cut_kernel(
                packed,
                weights.shape[1],
                output,
                low,
                high,
                load,
                geometry,
                first_word,
                offset,
                mask,
                row,
                word,
            )
            beats[load] += max(1, -(-pairs // geometry.stream_pairs))
            kernel += 1
            first_row[kernel] = row
        first_kernel[load + 1] = kernel
    return KernelRows(
        first_kernel, first_row, first_word[: row + 1], offset[:word], mask[:word], beats
    )


@borrowing
def _cut_kernel(
    packed, per_group, output, low, high, load, geometry, first_word, offset, mask, row, word
):
    """One kernel; returns the numbers of the next row and word, and its pairs."""
    _, height, width, _ = packed.shape
    group_start = output // geometry.outputs_per_group * per_group
    begin, end = max(low, group_start), min(high, group_start + per_group)
    pairs = 0
    behind = 0  # position behind the last pair
    room = geometry.lookahead  # pairs up to the end of the row
    run = geometry.largest_run + 1
    for y in range(height):
        for x in range(width):
            tap = packed[output, y, x]
            place = y * geometry.row_pitch + geometry.column_place[x]
            for part in range((begin - low) // WORD_BITS, (end - low + WORD_BITS - 1) // WORD_BITS):
                channel = low + part * WORD_BITS
                first, stop = max(channel, begin), min(channel + WORD_BITS, end)
                ones = ones_from(tap, first - group_start, stop - first)
                base = y * geometry.row_step + x * geometry.column_step[load] + first - low
                at_word = place + part * geometry.word_pitch
                while ones:
                    bit = np.int64(lowest_one(ones))
                    ones &= ones - np.uint64(1)
                    distance = base + bit - behind
                    behind += distance + 1
                    pairs += 1 if distance < run else distance // run + 1  # fillers, and the value
                    while pairs > room:  # rows of nothing but fillers have no mask
                        row += 1
                        first_word[row] = word
                        room += geometry.lookahead
                    if word == first_word[row] or offset[word - 1] != at_word:
                        offset[word] = at_word
                        word += 1
                    mask[word - 1] |= np.uint64(1) << np.uint64(first - channel + bit)
    row += 1
    first_word[row] = word
    return row, word, pairs
