"""Sums on their way out: biases, drainer, requantiser, and the output unit's tiles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing
from grus.sim.cycle.core.engine import half_taken_before
from grus.sim.cycle.dma.core import HALF_FREE
from grus.sim.cycle.dma.encode import BEAT, ENCODER_FIELDS, encode_beat
from grus.sim.cycle.dma.pooling import offer_pooled, pool_vector, pooling_busy, start_pooling
from grus.sim.cycle.dma.queues import (
    BIAS_BLOCKS,
    BIAS_JOBS,
    CHUNKS,
    OUTPUTS,
    TO_BIASES,
    VECTORS,
    front,
    has_room,
    is_waiting,
    pop,
    push,
)
from grus.sim.cycle.dma.read import ask, port_ready, take_word, word_waits
from grus.sim.cycle.dma.state import BIASES, NOT_FREE, new_loader
from grus.sim.cycle.dma.tiles import (
    BIASES_ADDRESS,
    BIASES_COUNT,
    BLOCK,
    LAST_PE,
    LOADS_BIASES,
    REGION,
)

__all__ = ["ENCODER", "drain_sums", "load_biases", "new_output"]

# Biases: the next one, halves as in `dma_resident`, blocks in use. The unit: whether a tile runs,
# and all of it is read; words of the chunk that are read, and of the tile; the word that is read,
# and those behind the requantiser's three stages: each 0, or 1 + its number; groups of the segment.
(
    BIAS,
    BIAS_HALF,
    BIAS_FREE,
    _BIAS_FREE_1,
    BIASES_FILLED,
    BIASES_USED,
    RUNNING,
    ALL_READ,
    ADDRESS,
    WORD,
    READ,
    READ_ENDS,
    READ_HALF,
    ADDED,
    SHIFTED,
    CLIPPED,
    SEGMENT_GROUP,
    ENCODER,
) = range(18)
OUTPUT_FIELDS = ENCODER + ENCODER_FIELDS
_BIAS_BYTES = 8


def new_output(warm: bool) -> NDArray[np.int64]:
    """Bias loader and output unit at rest; see :func:`new_loader`."""
    state = new_loader(OUTPUT_FIELDS, BIAS_HALF, BIAS_FREE, BIASES_FILLED, warm)
    state[BIASES_USED] = warm
    return state


@borrowing
def load_biases(acc, cycle):
    """The bias reader and the bias loader for one cycle."""
    state = acc.output
    ready = is_waiting(acc.queues, BIAS_BLOCKS) and state[BIAS_FREE + state[BIAS_HALF]] <= cycle
    if ready and word_waits(acc.ports, BIASES) and is_waiting(acc.queues, BIAS_JOBS):
        per_word = acc.bus.word_bytes // _BIAS_BYTES
        last = state[BIAS] == front(acc.queues, acc.entries, BIAS_JOBS, 0) - 1
        if last or (state[BIAS] + 1) % per_word == 0:
            take_word(acc.ports, BIASES)
        state[BIAS] = 0 if last else state[BIAS] + 1
        if last:
            pop(acc.queues, BIAS_JOBS)
            pop(acc.queues, BIAS_BLOCKS)
            state[BIAS_FREE + state[BIAS_HALF]] = NOT_FREE  # until it is set free
            state[BIAS_HALF] = 1 - state[BIAS_HALF]
            state[BIASES_FILLED] += 1
    if (
        is_waiting(acc.queues, TO_BIASES)
        and has_room(acc.queues, BIAS_JOBS)
        and port_ready(acc.ports, BIASES)
    ):
        tile = acc.tiles[front(acc.queues, acc.entries, TO_BIASES, 0)]
        size, count = acc.bus.word_bytes, tile[BIASES_COUNT]
        ask(
            acc.ports,
            BIASES,
            tile[BIASES_ADDRESS] // size,
            (count * _BIAS_BYTES + size - 1) // size,
        )
        push(acc.queues, acc.entries, BIAS_JOBS, (count,))
        pop(acc.queues, TO_BIASES)


@borrowing
def drain_sums(acc, walk, cycle, ready):
    """The output unit for one cycle; its beat leaves if the writer is `ready`."""
    state = acc.output
    free = ready or not state[ENCODER + BEAT]
    encode_beat(acc, acc.output, ENCODER, VECTORS, acc.bus.pes, free)
    if not is_waiting(acc.queues, OUTPUTS):
        return
    number = front(acc.queues, acc.entries, OUTPUTS, 0)
    tile = acc.tiles[number]
    shape = walk.layer.shapes[tile[BLOCK], tile[REGION]]
    starts = not state[RUNNING] and _has_biases(acc, tile)
    busy = state[ADDED] or state[SHIFTED] or state[CLIPPED] or state[READ]
    done = state[RUNNING] and state[ALL_READ] and not busy and not pooling_busy(acc)
    moved = _leave(acc, walk.layer, tile, shape)
    _requantise(acc, walk.engine, cycle, moved)
    if starts:
        state[RUNNING], state[WORD] = 1, 0
        start_pooling(acc, shape)
        if tile[LOADS_BIASES]:
            if state[BIASES_USED]:
                state[BIAS_FREE + (state[BIASES_USED] + 1) % 2] = cycle + 2
            state[BIASES_USED] += 1
    elif done:
        state[RUNNING] = state[ALL_READ] = 0
        pop(acc.queues, OUTPUTS)


@borrowing
def _has_biases(acc, tile):
    return not tile[LOADS_BIASES] or acc.output[BIASES_FILLED] > acc.output[BIASES_USED]


@borrowing
def _leave(acc, layer, tile, shape):
    """Vectors leave the requantiser for pooling or encoder; returns whether one does."""
    items, kind = shape[2], shape[3]
    word = acc.output[CLIPPED] - 1
    if kind == 0:
        return word < 0 or _encode(acc, layer, tile, shape, word, word % items == items - 1)
    pooled, last_group = offer_pooled(acc, shape)
    taken = pooled >= 0 and _encode(acc, layer, tile, shape, pooled, last_group)
    return pool_vector(acc, shape, word, taken) or word < 0


@borrowing
def _encode(acc, layer, tile, shape, vector, last_group):
    """Offer a vector to the encoder; returns whether it takes it."""
    state = acc.output
    if not has_room(acc.queues, VECTORS):
        return False
    groups, dense = shape[15], shape[16]
    last = last_group or state[SEGMENT_GROUP] == groups - 1
    place = layer.first_vector[tile[BLOCK], tile[REGION]] + vector
    marks = np.int64(layer.vectors[place])
    lanes = tile[LAST_PE] + 1 if last_group and dense else acc.bus.pes
    push(acc.queues, acc.entries, VECTORS, (marks, lanes, 1 if last else 0, 0, dense))
    state[SEGMENT_GROUP] = 0 if last else state[SEGMENT_GROUP] + 1
    return True


@borrowing
def _requantise(acc, engine, cycle, moved):
    """Three stages behind the output RAM's register; `moved` says whether the last one is free."""
    state = acc.output
    second = moved or not state[SHIFTED]
    first = second or not state[ADDED]
    if moved:
        state[CLIPPED] = state[SHIFTED]
    if second:
        state[SHIFTED] = state[ADDED]
    room = first or not state[READ]
    if first:
        state[ADDED] = state[READ]
        if state[READ] and state[READ_ENDS]:
            acc.core[HALF_FREE + state[READ_HALF]] = cycle + 1
    if room:
        _drain(acc, engine, cycle)


@borrowing
def _drain(acc, engine, cycle):
    """Read a word of the chunk into the register, which is free."""
    state = acc.output
    state[READ] = 0
    if not is_waiting(acc.queues, CHUNKS) or not state[RUNNING] or state[ALL_READ]:
        return
    half = front(acc.queues, acc.entries, CHUNKS, 2)
    if state[ADDRESS] == 0 and not half_taken_before(engine, half, cycle):
        return
    state[WORD] += 1
    state[READ], state[READ_HALF] = state[WORD], half
    state[ADDRESS] += 1
    state[READ_ENDS] = state[ADDRESS] == front(acc.queues, acc.entries, CHUNKS, 0)
    if state[READ_ENDS]:
        state[ADDRESS] = 0
        pop(acc.queues, CHUNKS)
        if front(acc.queues, acc.entries, CHUNKS, 1):
            state[ALL_READ] = 1
