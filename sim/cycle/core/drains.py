"""Halves of the output RAM on their way out: which is free again when."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing, compiled, inlined
from grus.sim.cycle.core.engine import half_taken
from grus.sim.cycle.core.output import (
    OUTPUT_STATE,
    OutputShape,
    drain_words,
    end_tile,
    start_tile,
)

__all__ = [
    "Drains",
    "add_chunk",
    "add_tile",
    "bias_loaded",
    "drain_tiles",
    "drain_until",
    "is_drained",
    "new_drains",
]

# Places of `counts`.
CHUNKS = 0
DRAINED = 1  # chunks
TILES = 2
BIASES = 3
BIASES_LOADED = 4
BIASES_USED = 5
WORDS = 6  # of the tile at hand that are drained
STARTED = 7  # the tile at hand is started
COUNTS = 8


class Drains(NamedTuple):
    """Chunks and tiles behind the array; times are clock cycles.

    Attributes
    ----------
    counts : ndarray of int64
        How many there are; see the names above.
    chunk : ndarray of int64, shape (chunks, 5)
        Words, tile, cycle in which it is filled, cycle in which its last word is read, and from
        which its half is free.
    tile : ndarray of int64, shape (tiles, 5)
        Block, region, cycle in which it was dispatched, whether it has biases, when it was done.
    bias : ndarray of int64, shape (blocks, 4)
        Biases of a block, cycle in which it was dispatched, in which the last is loaded, and in
        which the block is used.
    unit : ndarray of int64, shape (OUTPUT_STATE,)
        The output unit.
    """

    counts: NDArray[np.int64]
    chunk: NDArray[np.int64]
    tile: NDArray[np.int64]
    bias: NDArray[np.int64]
    unit: NDArray[np.int64]


@compiled
def new_drains(chunks, tiles):
    """Nothing under way."""
    unit = np.full(OUTPUT_STATE, -1, np.int64)
    unit[6:] = 0
    return Drains(
        np.zeros(COUNTS, np.int64),
        np.zeros((chunks, 5), np.int64),
        np.zeros((tiles, 5), np.int64),
        np.zeros((tiles, 4), np.int64),
        unit,
    )


@borrowing
def add_tile(drains, block, region, dispatched, biases):
    """A tile that drains is dispatched; `biases` are loaded for it, or 0."""
    tile = drains.counts[TILES]
    drains.tile[tile, 0] = block
    drains.tile[tile, 1] = region
    drains.tile[tile, 2] = dispatched
    drains.tile[tile, 3] = biases > 0
    drains.counts[TILES] += 1
    if biases:
        bias = drains.counts[BIASES]
        drains.bias[bias, 0] = biases
        drains.bias[bias, 1] = dispatched
        drains.counts[BIASES] += 1


@borrowing
def add_chunk(drains, words, tile, filled):
    """A half of the output RAM is full with the patch that is read in cycle `filled`."""
    chunk = drains.counts[CHUNKS]
    drains.chunk[chunk, 0] = words
    drains.chunk[chunk, 1] = tile
    drains.chunk[chunk, 2] = filled
    drains.counts[CHUNKS] += 1


@borrowing
def bias_loaded(drains, bias):
    """Cycle in which the last bias of a block is loaded; those before must be in use."""
    while drains.counts[BIASES_LOADED] <= bias:
        index = drains.counts[BIASES_LOADED]
        begin = drains.bias[index, 1] + 1
        if index >= 1:
            begin = max(begin, drains.bias[index - 1, 2] + 1)
        if index >= 2:  # the half was left one cycle after the next block's use began
            begin = max(begin, drains.bias[index - 1, 3] + 2)
        drains.bias[index, 2] = begin + drains.bias[index, 0] - 1
        drains.counts[BIASES_LOADED] += 1
    return drains.bias[bias, 2]


@inlined
def is_drained(drains, chunk):
    """Whether a chunk and all before it are drained already."""
    return drains.counts[DRAINED] > chunk


@borrowing
def drain_until(drains, engine, layer, chunk):
    """Drain all chunks up to `chunk`, included.

    Parameters
    ----------
    drains, engine : Drains, Engine
        What is under way.
    layer : Layer
        What becomes of the sums.
    chunk : int
        The chunk.
    """
    counts = drains.counts
    while counts[DRAINED] <= chunk:
        this = drains.chunk[counts[DRAINED]]
        tile = drains.tile[this[1]]
        shape = _shape_of(layer.shapes[tile[0], tile[1]])
        if not counts[STARTED]:
            _start(drains, shape, this[1])
        # No later round begins before this half is drained, so all that can meet is known.
        last = half_taken(engine, counts[DRAINED] % 2)
        begin = max(this[2], last) + 1
        first = layer.first_vector[tile[0], tile[1]]
        read, taken = drain_words(
            drains.unit, shape, layer.vectors[first:], counts[WORDS], this[0], begin
        )
        this[3] = read
        this[4] = taken + 1
        counts[WORDS] += this[0]
        counts[DRAINED] += 1
        if counts[WORDS] == shape.rows * shape.columns * shape.items:
            tile[4] = end_tile(drains.unit, shape)
            counts[STARTED] = counts[WORDS] = 0


@borrowing
def drain_tiles(drains, engine, layer, tile):
    """Drain all chunks of a tile, and those before; returns the cycle in which it is done."""
    last = drains.counts[DRAINED] - 1
    while last + 1 < drains.counts[CHUNKS] and drains.chunk[last + 1, 1] <= tile:
        last += 1
    drain_until(drains, engine, layer, last)
    return drains.tile[tile, 4]


@borrowing
def _start(drains, shape, index):
    """The output unit turns to a tile when the one before is done and its biases are there."""
    counts, tile = drains.counts, drains.tile[index]
    begin = tile[2] + 1
    if index:
        begin = max(begin, drains.tile[index - 1, 4] + 1)
    if tile[3]:
        bias = counts[BIASES_USED]
        begin = max(begin, bias_loaded(drains, bias) + 1)
        drains.bias[bias, 3] = begin
        counts[BIASES_USED] += 1
    counts[STARTED] = 1
    start_tile(drains.unit, shape, begin)
    drains.unit[0] = max(drains.unit[0], begin)  # words are read from the next cycle on


@borrowing
def _shape_of(fields):
    return OutputShape(
        fields[0],
        fields[1],
        fields[2],
        fields[3],
        fields[4] != 0,
        fields[5] != 0,
        fields[6],
        fields[7],
        fields[8],
        fields[9],
        fields[10],
        fields[11],
        fields[12],
        fields[13],
        fields[14],
        fields[15],
        fields[16] != 0,
        fields[17],
        fields[18],
        fields[19],
    )
