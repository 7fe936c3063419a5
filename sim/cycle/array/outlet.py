"""Results before the arbiter of the output RAM: who is taken, and whom a full register holds up."""

from __future__ import annotations

import numpy as np

from grus.bits import count_ones, lowest_one
from grus.compiled import borrowing, inlined
from grus.sim.cycle.array.lanes import (
    DUE_HALF,
    DUE_LAST,
    DUE_MATCH,
    DUE_STOLEN,
    FULL,
    FULL_HALF,
    FULL_STOLEN,
    SLOTS,
    TAKEN,
    UNTAKEN,
    WAITS,
    WAITS_HALF,
    WAITS_STOLEN,
    slot_of,
)

__all__ = ["take_results"]

_NONE = np.uint64(0)


@inlined
def take_results(state, array, cycle):
    """Take what stands before the arbiter in a cycle; returns whose joiner must keep its match."""
    due, marks = state.due, state.marks
    arrived, halves = due[slot_of(DUE_LAST, cycle)], due[slot_of(DUE_HALF, cycle)]
    stolen, waits = due[slot_of(DUE_STOLEN, cycle)], marks[WAITS]
    for plane in (DUE_MATCH, DUE_LAST, DUE_HALF, DUE_STOLEN):
        due[slot_of(plane, cycle)] = _NONE
    if waits | stolen:
        return _arbitrate(state, array, cycle, arrived, halves, stolen)
    if arrived:  # an owner's port is its own
        _count_taken(state, cycle, arrived, halves)
    return _NONE


@inlined
def _count_taken(state, cycle, taken, halves):
    for half, which in ((0, taken & ~halves), (1, taken & halves)):
        if which:
            state.counts[UNTAKEN + half] -= np.int64(count_ones(which))
            state.counts[TAKEN + half] = cycle


@borrowing
def _arbitrate(state, array, cycle, arrived, halves, stolen):
    """As above, where thieves have results: owners first, then the lowest thief of each bank."""
    marks = state.marks
    second = arrived & marks[WAITS]
    first = arrived & ~second
    waits, full = marks[WAITS] | first, marks[FULL] | second
    waits_half = marks[WAITS_HALF] | (halves & first)
    waits_stolen = marks[WAITS_STOLEN] | (stolen & first)
    full_half = marks[FULL_HALF] | (halves & second)
    full_stolen = marks[FULL_STOLEN] | (stolen & second)

    taken = busy = waits & ~waits_stolen
    thieves = waits & waits_stolen
    while thieves:
        pe = np.int64(lowest_one(thieves))
        thief = np.uint64(1) << np.uint64(pe)
        thieves ^= thief
        bank = np.uint64(1) << np.uint64(state.banks[pe, state.first_bank[pe] & (SLOTS - 1)])
        if not busy & bank:
            busy |= bank
            taken |= thief
            state.first_bank[pe] += 1
    _count_taken(state, cycle, taken, waits_half)

    blocked = full & state.due[slot_of(DUE_LAST, cycle + 1)]
    halted = _hold_up(state, array, cycle, blocked) if blocked else _NONE
    moves = taken & full
    marks[WAITS] = (waits & ~taken) | moves
    marks[WAITS_HALF] = (waits_half & ~taken) | (full_half & moves)
    marks[WAITS_STOLEN] = (waits_stolen & ~taken) | (full_stolen & moves)
    marks[FULL] = full & ~taken
    marks[FULL_HALF] = full_half & ~taken
    marks[FULL_STOLEN] = full_stolen & ~taken
    return halted


@inlined
def _hold_up(state, array, cycle, blocked):
    """Both registers are full and a third result is there: what lies behind it closes up and stops.

    Bubbles are closed in the two registers around the multipliers and before the last level; the
    adder tree between them moves as a whole. Returns whose first register is full as well.
    """
    levels = array.latency - 4
    due = state.due
    halted = _NONE
    while blocked:
        mark = np.uint64(1) << lowest_one(blocked)
        blocked ^= mark
        stop = cycle + 1  # last slot that stands still
        if due[slot_of(DUE_MATCH, cycle + 2)] & mark:
            stop = cycle + 1 + levels
            while stop < cycle + array.latency - 1 and due[slot_of(DUE_MATCH, stop + 1)] & mark:
                stop += 1
            if stop == cycle + array.latency - 1:
                halted |= mark
        for slot in range(stop, cycle, -1):
            for plane in (DUE_MATCH, DUE_LAST, DUE_HALF, DUE_STOLEN):
                here, there = slot_of(plane, slot), slot_of(plane, slot + 1)
                due[there] = (due[there] & ~mark) | (due[here] & mark)
                due[here] &= ~mark
    return halted
