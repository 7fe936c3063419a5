"""Pixels of the inputs: their counters are read, then they are asked for."""

from __future__ import annotations

from grus.compiled import borrowing
from grus.sim.cycle.dma.queues import (
    COUNT_JOBS,
    COUNT_RUNS,
    ROWS,
    RUNS,
    SEGMENTS,
    front,
    has_room,
    is_waiting,
    pop,
    push,
)
from grus.sim.cycle.dma.read import ask, port_ready, take_word, word_waits
from grus.sim.cycle.dma.state import COUNTS, PIXELS

__all__ = ["TENSOR_FIELDS", "read_maps"]

# The counters: number of the next, and the one that is offered. The requester: the row at hand, its
# pixels still to come.
(
    NUMBER,
    OFFERED,
    OFFERED_COUNT,
    ACTIVE,
    PLACE,
    DENSE,
    WHOLE,
    COLUMNS,
    BEFORE,
    INSIDE,
    ZEROS,
    VALUES,
    LENGTH,
    COUNT_PART,
    COUNT_ROW,
    COUNT_COLUMN,
    STRIDE,
    TENSOR_FIELDS,
) = range(18)


@borrowing
def read_maps(acc):
    """Counters and requester for one cycle, from the end to the beginning."""
    wanted = _request(acc)
    _count(acc, wanted)
    _ask_counters(acc)


@borrowing
def _request(acc):
    """The requester; returns whether it takes a counter."""
    state = acc.tensor
    pixel = not state[WHOLE] and state[BEFORE] == 0 and state[INSIDE] != 0
    counted = pixel and not state[DENSE]
    pairs = 0
    if counted:
        pairs = state[OFFERED_COUNT]
    elif state[WHOLE] or pixel:
        pairs = state[VALUES]
    go = state[ACTIVE] and (not counted or state[OFFERED]) and has_room(acc.queues, SEGMENTS)
    if pairs:
        go = go and has_room(acc.queues, RUNS) and port_ready(acc.ports, PIXELS)
    if go:
        if pairs:
            _ask_pixel(acc, counted, pairs)
        length = state[LENGTH] if pixel and state[DENSE] else pairs
        column = state[COUNT_COLUMN] if counted else -1
        push(
            acc.queues,
            acc.entries,
            SEGMENTS,
            (state[ZEROS], length, column, state[COUNT_ROW], state[DENSE]),
        )
    if not state[ACTIVE] or (go and state[COLUMNS] == 1):
        state[ACTIVE] = is_waiting(acc.queues, ROWS)
        if state[ACTIVE]:
            _take_row(acc)
    elif go:
        state[COLUMNS] -= 1
        if state[BEFORE]:
            state[BEFORE] -= 1
        elif pixel:
            state[INSIDE] -= 1
            state[PLACE] += state[STRIDE]
            state[COUNT_COLUMN] += 1
            state[VALUES] = 0
    return go and counted


@borrowing
def _ask_pixel(acc, counted, pairs):
    state, bus = acc.tensor, acc.bus
    skip = 0
    if state[DENSE]:
        skip = state[PLACE] % bus.word_bytes // bus.value_bytes
        words = (skip + state[VALUES] + bus.dense - 1) // bus.dense
    else:
        words = (pairs + bus.encoded - 1) // bus.encoded
    ask(acc.ports, PIXELS, state[PLACE] // bus.word_bytes, words)
    push(acc.queues, acc.entries, RUNS, (state[DENSE], skip, pairs))


@borrowing
def _take_row(acc):
    state = acc.tensor
    for field in range(STRIDE - PLACE + 1):
        state[PLACE + field] = front(acc.queues, acc.entries, ROWS, field)
    pop(acc.queues, ROWS)


@borrowing
def _count(acc, wanted):
    """The counters: one leaves its word as soon as there is room for it."""
    state = acc.tensor
    if state[OFFERED] and not wanted:
        return
    state[OFFERED] = 0
    if not word_waits(acc.ports, COUNTS) or not is_waiting(acc.queues, COUNT_JOBS):
        return
    place = front(acc.queues, acc.entries, COUNT_JOBS, 0) + state[NUMBER]
    last = state[NUMBER] == front(acc.queues, acc.entries, COUNT_JOBS, 1) - 1
    part, row, column = (
        front(acc.queues, acc.entries, COUNT_JOBS, 2),
        front(acc.queues, acc.entries, COUNT_JOBS, 3),
        front(acc.queues, acc.entries, COUNT_JOBS, 4),
    )
    state[OFFERED], state[OFFERED_COUNT] = 1, acc.counts[part, row, column + state[NUMBER]]
    state[NUMBER] = 0 if last else state[NUMBER] + 1
    if last or (place + 1) % acc.bus.word_bytes == 0:
        take_word(acc.ports, COUNTS)
    if last:
        pop(acc.queues, COUNT_JOBS)


@borrowing
def _ask_counters(acc):
    """Words of the next run of counters are asked for."""
    if (
        is_waiting(acc.queues, COUNT_RUNS)
        and has_room(acc.queues, COUNT_JOBS)
        and port_ready(acc.ports, COUNTS)
    ):
        address, counters = (
            front(acc.queues, acc.entries, COUNT_RUNS, 0),
            front(acc.queues, acc.entries, COUNT_RUNS, 1),
        )
        size = acc.bus.word_bytes
        place = address % size
        ask(acc.ports, COUNTS, address // size, (place + counters + size - 1) // size)
        part, row, column = (
            front(acc.queues, acc.entries, COUNT_RUNS, 2),
            front(acc.queues, acc.entries, COUNT_RUNS, 3),
            front(acc.queues, acc.entries, COUNT_RUNS, 4),
        )
        push(acc.queues, acc.entries, COUNT_JOBS, (place, counters, part, row, column))
        pop(acc.queues, COUNT_RUNS)
