"""Kernels on their way in: the resident reader, and the loader behind it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing
from grus.sim.cycle.dma.encode import (
    BEAT,
    BEAT_LAST,
    BEAT_PAIRS,
    ENCODER_FIELDS,
    encode_beat,
    unpack_slots,
)
from grus.sim.cycle.dma.queues import (
    BLOCKS,
    KERNEL_VECTORS,
    RESIDENT_JOBS,
    TO_RESIDENT,
    front,
    has_room,
    is_waiting,
    pop,
    push,
)
from grus.sim.cycle.dma.read import ask, port_ready, take_word, word_waits
from grus.sim.cycle.dma.state import NOT_FREE, RESIDENT, new_loader
from grus.sim.cycle.dma.tiles import (
    KERNELS_ADDRESS,
    KERNELS_DENSE,
    KERNELS_PLACE,
    KERNELS_SEGMENTS,
    KERNELS_WORDS,
    SHAPE_FIRST_ITEMS,
    SHAPE_GROUP_ITEMS,
    SHAPE_ROW_GAP,
    SHAPE_ROWS,
    SHAPE_RUN,
    SHAPE_START,
    SHAPE_START_STEP,
    SHAPE_TAP_GAP,
    SHAPE_TAPS,
)

__all__ = ["RESIDENT_FILLED", "RESIDENT_FREE", "new_resident", "read_kernels"]

# The reader: slots held; the job's last word has come; its work-items so far; whether a segment is
# begun, and its pairs still to come. The loader: when each half is free, and was filled last.
(
    HELD,
    ENDED,
    SEGMENT,
    INSIDE,
    LEFT,
    BEGUN,
    ITEMS_LEFT,
    IN_RUN,
    RUN_LEFT,
    TAP,
    ROW,
    ITEM,
    LATER,
    START,
    VALUE,
    FILLER_HELD,
    FILLER_ENDING,
    HALF,
    RESIDENT_FREE,
    _FREE_1,
    RESIDENT_FILLED,
    _ENCODER,
) = range(22)
RESIDENT_FIELDS = _ENCODER + ENCODER_FIELDS


def new_resident(warm: bool) -> NDArray[np.int64]:
    """Reader and loader at rest; see :func:`new_loader`."""
    return new_loader(RESIDENT_FIELDS, HALF, RESIDENT_FREE, RESIDENT_FILLED, warm)


@borrowing
def read_kernels(acc, cycle):
    """The reader and the loader for one cycle."""
    state, bus = acc.resident, acc.bus
    loads = is_waiting(acc.queues, BLOCKS) and state[RESIDENT_FREE + state[HALF]] <= cycle
    take, at_end = 0, False
    job = -1
    if is_waiting(acc.queues, RESIDENT_JOBS):
        job = front(acc.queues, acc.entries, RESIDENT_JOBS, 0)
        if acc.tiles[job, KERNELS_DENSE]:
            take, beat, last = _spread(acc, job, loads)
        else:
            take, beat, last = _cut(acc, job, loads)
        if beat and last:
            at_end = state[SEGMENT] == acc.tiles[job, KERNELS_SEGMENTS] - 1
            state[SEGMENT] = 0 if at_end else state[SEGMENT] + 1
    if at_end:
        pop(acc.queues, RESIDENT_JOBS)
        pop(acc.queues, BLOCKS)
        state[HALF] = 1 - state[HALF]
        state[RESIDENT_FREE + 1 - state[HALF]] = NOT_FREE  # until it is set free
        state[RESIDENT_FILLED] += 1
        state[BEGUN] = state[TAP] = state[ROW] = state[ITEM] = state[LATER] = 0
    dense = job >= 0 and acc.tiles[job, KERNELS_DENSE]
    offered = job >= 0 and not state[ENDED] and word_waits(acc.ports, RESIDENT)
    slots = bus.dense if dense else bus.encoded
    state[HELD], enters = unpack_slots(state[HELD], take, bus.pairs + 1, at_end, offered, slots)
    if at_end:
        state[ENDED] = 0
    elif enters and take_word(acc.ports, RESIDENT):
        state[ENDED] = 1
    _ask(acc)


@borrowing
def _ask(acc):
    if (
        is_waiting(acc.queues, TO_RESIDENT)
        and has_room(acc.queues, RESIDENT_JOBS)
        and port_ready(acc.ports, RESIDENT)
    ):
        tile = front(acc.queues, acc.entries, TO_RESIDENT, 0)
        address, words = acc.tiles[tile, KERNELS_ADDRESS], acc.tiles[tile, KERNELS_WORDS]
        ask(acc.ports, RESIDENT, address // acc.bus.word_bytes, words)
        push(acc.queues, acc.entries, RESIDENT_JOBS, (tile,))
        pop(acc.queues, TO_RESIDENT)


@borrowing
def _cut(acc, job, loads):
    """A beat of encoded kernels; returns slots taken, whether it leaves, whether it is the last."""
    state, lanes = acc.resident, acc.bus.pairs
    counted = not state[INSIDE]
    rest = state[LEFT]
    if counted:
        rest = acc.kernels[acc.tiles[job, KERNELS_PLACE] + state[SEGMENT]]
    used = min(rest, lanes)
    wanted = used + counted
    if not loads or min(state[HELD], lanes + 1) < wanted:
        return 0, False, False
    last = rest <= lanes
    state[INSIDE], state[LEFT] = not last, rest - used
    return wanted, True, last


@borrowing
def _spread(acc, job, loads):
    """The same of dense kernels: values become vectors, are encoded, and fill beats."""
    state, lanes = acc.resident, acc.bus.pairs
    beat, last, enters = _fill(state, lanes, loads)
    ready = not state[_ENCODER + BEAT] or enters
    encode_beat(acc, state, _ENCODER, KERNEL_VECTORS, lanes, ready)
    if not has_room(acc.queues, KERNEL_VECTORS):
        return 0, beat, last
    tile = acc.tiles[job]
    if not state[BEGUN]:
        push(acc.queues, acc.entries, KERNEL_VECTORS, (0, 0, 0, tile[SHAPE_START], 0))
        state[BEGUN], state[ITEMS_LEFT] = 1, tile[KERNELS_SEGMENTS]
        state[IN_RUN] = state[VALUE] = 0
        return 0, beat, last
    rest = state[RUN_LEFT] if state[IN_RUN] else tile[SHAPE_RUN]
    used = min(rest, lanes)
    if state[ITEMS_LEFT] == 0 or min(state[HELD], lanes + 1) < used:
        return 0, beat, last
    marks = 0
    for lane in range(used):
        marks |= acc.kernels[tile[KERNELS_PLACE] + state[VALUE] + lane] << lane
    ends = _send_vector(acc, tile, marks, used, rest)
    state[VALUE] += used
    state[IN_RUN], state[RUN_LEFT] = rest > lanes and not ends, rest - used
    return used, beat, last


@borrowing
def _send_vector(acc, tile, marks, used, rest):
    """Values go to the encoder with the gap behind them; returns whether they end an item."""
    state, lanes = acc.resident, acc.bus.pairs
    run_ends = rest <= lanes
    row_ends = state[TAP] == tile[SHAPE_TAPS] - 1
    last = run_ends and row_ends and state[ROW] == tile[SHAPE_ROWS] - 1
    members = tile[SHAPE_GROUP_ITEMS] if state[LATER] else tile[SHAPE_FIRST_ITEMS]
    group_ends = state[ITEM] == members - 1
    start = state[START] if state[LATER] else tile[SHAPE_START]
    start += tile[SHAPE_START_STEP] if group_ends else 0
    gap = 0
    if run_ends and not (last and state[ITEMS_LEFT] == 1):
        gap = start if last else (tile[SHAPE_ROW_GAP] if row_ends else tile[SHAPE_TAP_GAP])
    push(acc.queues, acc.entries, KERNEL_VECTORS, (marks, used, 1 if last else 0, gap, 0))
    if last:
        state[TAP] = state[ROW] = 0
        state[ITEM] = 0 if group_ends else state[ITEM] + 1
        if group_ends:
            state[LATER], state[START] = 1, start
        state[ITEMS_LEFT] -= 1
    elif run_ends:
        state[TAP] = 0 if row_ends else state[TAP] + 1
        state[ROW] += row_ends
    return last


@borrowing
def _fill(state, lanes, loads):
    """Pairs that wait and the encoder's beat; returns whether a beat leaves, its end, who enters.

    The encoder's beat enters if it is offered at all.
    """
    offered = state[_ENCODER + BEAT] != 0
    ending = state[FILLER_ENDING] != 0
    pairs, last = state[_ENCODER + BEAT_PAIRS], state[_ENCODER + BEAT_LAST] != 0
    total = (0 if ending else state[FILLER_HELD]) + pairs
    fits = total <= lanes
    valid = ending or (offered and (last or not fits))
    leaves = valid and loads
    ready = loads or not valid
    ends = ending or (last and fits)
    if offered and ready:
        stays = ending or not valid
        state[FILLER_ENDING] = last and (stays or not fits)
        state[FILLER_HELD] = total if stays else (0 if fits else total - lanes)
    elif leaves:
        state[FILLER_HELD] = state[FILLER_ENDING] = 0
    return leaves, ends, ready
