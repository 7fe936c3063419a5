"""Segments of the inputs: formed from words, decoded into the broadcast RAM."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing
from grus.sim.cycle.dma.encode import unpack_slots
from grus.sim.cycle.dma.queues import (
    BEATS,
    LOADS,
    RUNS,
    SEGMENTS,
    front,
    has_room,
    is_waiting,
    pop,
    push,
)
from grus.sim.cycle.dma.read import take_word, word_waits
from grus.sim.cycle.dma.state import NOT_FREE, PIXELS, new_loader
from grus.sim.cycle.dma.tiles import (
    CHANNEL,
    LOAD_LAST_LENGTH,
    LOAD_LENGTH,
    LOAD_PART_STEP,
    LOAD_PARTS,
    LOAD_ROW_STEP,
    LOAD_ROWS,
    LOAD_SEGMENT_STEP,
    LOAD_SEGMENTS,
)

__all__ = ["BROADCAST_FILLED", "BROADCAST_FREE", "load_maps", "new_segments"]

# The former: slots held, whether a run is begun and its slots still to come, whether a segment is
# begun, zeros and pairs of it still to come. The loader: the segment at hand, what of its beat is
# written, the channel behind the last pair; halves as in `dma_resident`.
(
    HELD,
    IN_RUN,
    RUN_LEFT,
    INSIDE,
    ZEROS,
    PAIRS,
    PART,
    ROW,
    SEGMENT,
    CYCLES,
    FIRST,
    BEHIND,
    HALF,
    BROADCAST_FREE,
    _FREE_1,
    BROADCAST_FILLED,
    SEGMENT_FIELDS,
) = range(17)


def new_segments(warm: bool) -> NDArray[np.int64]:
    """Former and loader at rest; see :func:`new_loader`."""
    return new_loader(SEGMENT_FIELDS, HALF, BROADCAST_FREE, BROADCAST_FILLED, warm)


@borrowing
def load_maps(acc, cycle):
    """The loader and the former for one cycle."""
    state = acc.segments
    loads = is_waiting(acc.queues, LOADS) and state[BROADCAST_FREE + state[HALF]] <= cycle
    if loads and is_waiting(acc.queues, BEATS) and _decode(acc):
        if front(acc.queues, acc.entries, BEATS, 1):
            _end_segment(acc)
        pop(acc.queues, BEATS)
    _enter(acc, _form(acc))


@borrowing
def _form(acc):
    """A beat of a segment; returns the slots that it takes."""
    state = acc.segments
    if not is_waiting(acc.queues, SEGMENTS) or not has_room(acc.queues, BEATS):
        return 0
    zeros = state[ZEROS] if state[INSIDE] else front(acc.queues, acc.entries, SEGMENTS, 0)
    pairs = state[PAIRS] if state[INSIDE] else front(acc.queues, acc.entries, SEGMENTS, 1)
    padded = zeros != 0
    used = min(zeros if padded else pairs, acc.bus.pairs)
    if not padded and state[HELD] < used:
        return 0
    last = not padded and pairs <= acc.bus.pairs
    state[INSIDE] = not last
    state[ZEROS] = zeros - used if padded else 0
    state[PAIRS] = pairs if padded else pairs - used
    column = front(acc.queues, acc.entries, SEGMENTS, 2)
    row = front(acc.queues, acc.entries, SEGMENTS, 3)
    push(acc.queues, acc.entries, BEATS, (used, 1 if last else 0, column, row))
    if last:
        pop(acc.queues, SEGMENTS)
    return 0 if padded else used


@borrowing
def _enter(acc, take):
    """A word goes to the unpacker, if its run is known."""
    state, bus = acc.segments, acc.bus
    offered = word_waits(acc.ports, PIXELS) and is_waiting(acc.queues, RUNS)
    slots = rest = 0
    if offered:
        rest = state[RUN_LEFT] if state[IN_RUN] else front(acc.queues, acc.entries, RUNS, 2)
        skip = 0 if state[IN_RUN] else front(acc.queues, acc.entries, RUNS, 1)
        room = (bus.dense if front(acc.queues, acc.entries, RUNS, 0) else bus.encoded) - skip
        slots = min(rest, room)
    state[HELD], enters = unpack_slots(state[HELD], take, bus.pairs, False, offered, slots)
    if enters:
        state[RUN_LEFT] = rest - slots
        last = take_word(acc.ports, PIXELS)
        state[IN_RUN] = not last
        if last:
            pop(acc.queues, RUNS)


@borrowing
def _decode(acc):
    """Write a word of the beat's positions; returns whether that was its last."""
    state, lanes = acc.segments, acc.bus.lanes
    used, last = front(acc.queues, acc.entries, BEATS, 0), front(acc.queues, acc.entries, BEATS, 1)
    if state[CYCLES] == 0:
        tile = acc.tiles[front(acc.queues, acc.entries, LOADS, 0)]
        start = state[PART] * tile[LOAD_PART_STEP] + state[ROW] * tile[LOAD_ROW_STEP]
        start += state[SEGMENT] * tile[LOAD_SEGMENT_STEP]
        final = state[PART] == tile[LOAD_PARTS] - 1
        length = tile[LOAD_LAST_LENGTH] if final else tile[LOAD_LENGTH]
        first, column = state[FIRST], front(acc.queues, acc.entries, BEATS, 2)
        if last:
            end = length
        elif column < 0:
            end = first + used
        else:
            channel = tile[CHANNEL] + state[PART] * tile[LOAD_LENGTH]
            inputs = acc.inputs[
                front(acc.queues, acc.entries, BEATS, 3), column, channel : channel + length
            ]
            end = _behind_pairs(inputs, first, used, 1 << acc.bus.run_bits)
        begin = start + first
        state[CYCLES] = max(1, (start + end - 1) // lanes - begin // lanes + 1)
        state[BEHIND] = end
    state[CYCLES] -= 1
    if state[CYCLES]:
        return False
    state[FIRST] = 0 if last else state[BEHIND]
    return True


@borrowing
def _behind_pairs(inputs, first, pairs, run):
    """Channel behind so many pairs, fillers included, from channel `first` on."""
    behind = first
    for _ in range(pairs):
        channel = behind
        while channel < behind + run - 1 and not inputs[channel]:
            channel += 1
        behind = channel + 1
    return behind


@borrowing
def _end_segment(acc):
    """Go on to the next segment of the region; at its end the half is full."""
    state, tile = acc.segments, acc.tiles[front(acc.queues, acc.entries, LOADS, 0)]
    state[SEGMENT] += 1
    if state[SEGMENT] == tile[LOAD_SEGMENTS]:
        state[SEGMENT] = 0
        state[ROW] += 1
    if state[ROW] == tile[LOAD_ROWS]:
        state[ROW] = 0
        state[PART] += 1
    if state[PART] == tile[LOAD_PARTS]:
        state[PART] = 0
        pop(acc.queues, LOADS)
        state[BROADCAST_FREE + state[HALF]] = NOT_FREE  # until it is set free
        state[HALF] = 1 - state[HALF]
        state[BROADCAST_FILLED] += 1
