"""One cycle of the elements: from the row fetcher to the joiner, for sixteen at a time."""

from __future__ import annotations

import numpy as np

from grus.bits import count_ones, lowest_one
from grus.compiled import inlined
from grus.sim.cycle.array.hits import LAST_ROW
from grus.sim.cycle.array.lanes import (
    ALL_LEFT,
    DUE_HALF,
    DUE_LAST,
    DUE_MATCH,
    DUE_STOLEN,
    ENDED,
    FETCHING,
    GATHERED,
    HIGH,
    ITEM_HALF,
    ITEM_PATCH,
    ITEM_STOLEN,
    JOINING,
    LEFT,
    LOCATED,
    LOCATED_ROW,
    LOW,
    MATCHED,
    MATCHED_ROW,
    ON_ITS_WAY,
    PAIRS,
    PLACE,
    REFUSED,
    REGISTER_0,
    REGISTER_1,
    REGISTER_2,
    ROW_ON_ITS_WAY,
    TAG,
    THIEF,
    UNGATHERED,
    WORKS,
    add_marked,
    lane_place,
    slot_of,
)
from grus.sim.cycle.array.vectors import (
    LANES,
    broadcast,
    gather,
    load_lanes,
    marks_above,
    smaller,
    store_lanes,
    where,
)
from grus.sim.cycle.rounds.element import BUSY, CONFLICT, MACS

__all__ = ["OF_HALF", "OF_PATCH", "OF_THIEF", "grant_requests", "move_elements"]

# Marks of a row, beside LAST_ROW: the halves that its work-item needs, and whether it is stolen.
OF_PATCH = 1 << 16
OF_HALF = 1 << 17
OF_THIEF = 1 << 18
_HITS = LAST_ROW - 1
_CHUNK = np.uint64((1 << LANES) - 1)


@inlined
def grant_requests(state, cycle):
    """Who gets a row of its bank: owners, then the lowest thief of each bank that is left."""
    marks = state.marks
    room = ~(marks[HIGH] & (marks[LOW] | marks[ON_ITS_WAY]))
    asks = marks[WORKS] & room
    thieves = asks & marks[THIEF]
    granted = busy = asks & ~thieves
    refused = np.uint64(0)
    while thieves:
        pe = lowest_one(thieves)
        thief, bank = np.uint64(1) << pe, np.uint64(1) << np.uint64(state.bank[pe])
        thieves ^= thief
        if busy & bank:
            refused |= thief
        else:
            busy |= bank
            granted |= thief
    state.due[slot_of(REFUSED, cycle)] = refused
    return granted


@inlined
def move_elements(state, array, granted, halted, cycle):
    """Everything moves on as far as it can, and owners take their next work-items.

    Returns
    -------
    tuple of uint64
        Who finishes a work-item, who had own ones waiting, and who has nothing to multiply.
    """
    marks = state.marks
    enough, beyond, twice, more = _look(state, array)
    joining, ended, matched = marks[JOINING], marks[ENDED], marks[MATCHED]
    valid = joining & (ended | enough)
    leaves = valid & ~halted
    done = leaves & ended & ~beyond
    ready = ~joining | done | (~ended & (~enough | (leaves & ~twice)))
    enters = matched & ready
    _leave(state, array, leaves, done, cycle)
    if halted & valid:
        add_marked(state, CONFLICT, halted & valid, 1)
    add_marked(state, BUSY, leaves | (enters & ~valid), 1)
    marks[JOINING] = enters | (joining & ~done)

    located, low, high = marks[LOCATED], marks[LOW], marks[HIGH]
    to_matcher = ~matched | ready
    to_locator = ~located | to_matcher
    registered = to_locator & (low | high)
    marks[MATCHED] = (to_matcher & located) | (~to_matcher & matched)
    marks[LOCATED] = registered | (~to_locator & located)
    high, low = high & ~(registered & ~low), low ^ registered
    arrived = marks[ON_ITS_WAY]
    marks[HIGH], marks[LOW] = high ^ (low & arrived), low ^ arrived
    marks[ON_ITS_WAY] = granted

    finished = takes = np.uint64(0)
    for first in range(0, array.pes, LANES):
        shift = np.uint64(first)
        base = lane_place(0, first)
        _move_pairs(state, array, base, leaves >> shift, enters >> shift, shift)
        lanes = state.lanes
        rows = load_lanes(lanes, base + LOCATED_ROW * LANES)
        old = load_lanes(lanes, base + MATCHED_ROW * LANES)
        store_lanes(lanes, base + MATCHED_ROW * LANES, where(to_matcher >> shift, rows, old))
        _move_registers(
            lanes,
            base,
            to_locator >> shift,
            registered >> shift,
            (arrived & ~low & ~high) >> shift,
            (arrived & low) >> shift,
            (arrived & high) >> shift,
        )
        ends = _fetch(state, base, granted >> shift) & _CHUNK
        taking = (more >> shift) & (~(marks[WORKS] >> shift) | ends) & _CHUNK
        left = load_lanes(lanes, base + LEFT * LANES)
        store_lanes(lanes, base + LEFT * LANES, where(taking, left - broadcast(np.int32(1)), left))
        finished |= ends << shift
        takes |= taking << shift
    state.counts[ALL_LEFT] -= np.int64(count_ones(takes))
    state.due[slot_of(FETCHING, cycle)] = marks[WORKS] | takes
    marks[WORKS] = (marks[WORKS] & ~finished) | takes
    marks[THIEF] &= ~takes
    return finished, more, ~(valid | enters)


@inlined
def _look(state, array):
    """Marks of who has enough pairs for a match, more than that, and enough for two; who has work.

    The last are those with own work-items in the queue.
    """
    enough = beyond = twice = more = np.uint64(0)
    multipliers = np.int32(array.multipliers)
    for first in range(0, array.pes, LANES):
        shift = np.uint64(first)
        base = lane_place(0, first)
        pairs = load_lanes(state.lanes, base + PAIRS * LANES)
        left = load_lanes(state.lanes, base + LEFT * LANES)
        enough |= marks_above(pairs, broadcast(multipliers - np.int32(1))) << shift
        beyond |= marks_above(pairs, broadcast(multipliers)) << shift
        twice |= marks_above(pairs, broadcast(multipliers + multipliers - np.int32(1))) << shift
        more |= marks_above(left, broadcast(np.int32(0))) << shift
    return enough, beyond, twice, more


@inlined
def _leave(state, array, leaves, done, cycle):
    """Matches leave the joiner: when they are due, and what their work-items no more need."""
    marks, due, counts = state.marks, state.due, state.counts
    arrival = cycle + array.latency
    due[slot_of(DUE_MATCH, arrival)] |= leaves
    if not done:
        return
    due[slot_of(DUE_LAST, arrival)] |= done
    due[slot_of(DUE_HALF, arrival)] |= done & marks[ITEM_HALF]
    due[slot_of(DUE_STOLEN, arrival)] |= done & marks[ITEM_STOLEN]
    patch = marks[ITEM_PATCH]
    for half, which in ((0, done & ~patch), (1, done & patch)):
        if which:
            counts[UNGATHERED + half] -= np.int64(count_ones(which))
            counts[GATHERED + half] = cycle


@inlined
def _move_pairs(state, array, base, leaves, enters, shift):
    """Matches leave the joiner, rows enter it."""
    lanes, marks = state.lanes, state.marks
    pairs = load_lanes(lanes, base + PAIRS * LANES)
    none = broadcast(np.int32(0))
    leaving = where(leaves, smaller(pairs, broadcast(np.int32(array.multipliers))), none)
    rows = load_lanes(lanes, base + MATCHED_ROW * LANES)
    entering = where(enters, rows & broadcast(np.int32(_HITS)), none)
    store_lanes(lanes, base + PAIRS * LANES, pairs - leaving + entering)
    macs = load_lanes(lanes, base + MACS * LANES)
    store_lanes(lanes, base + MACS * LANES, macs + leaving)
    if enters:
        mask = (enters & _CHUNK) << shift
        for mark, of in (
            (ENDED, LAST_ROW),
            (ITEM_PATCH, OF_PATCH),
            (ITEM_HALF, OF_HALF),
            (ITEM_STOLEN, OF_THIEF),
        ):
            has = marks_above(rows & broadcast(np.int32(of)), none) << shift
            marks[mark] = (marks[mark] & ~mask) | (has & mask)


@inlined
def _move_registers(lanes, base, to_locator, registered, to_0, to_1, to_2):
    """Rows leave the row registers for the locator, and arrive in the first that is free."""
    row_0 = load_lanes(lanes, base + REGISTER_0 * LANES)
    row_1 = load_lanes(lanes, base + REGISTER_1 * LANES)
    row_2 = load_lanes(lanes, base + REGISTER_2 * LANES)
    new = load_lanes(lanes, base + ROW_ON_ITS_WAY * LANES)
    located = load_lanes(lanes, base + LOCATED_ROW * LANES)
    store_lanes(lanes, base + LOCATED_ROW * LANES, where(to_locator, row_0, located))
    row_0 = where(to_0, new, where(registered, row_1, row_0))
    row_1 = where(to_1, new, where(registered, row_2, row_1))
    store_lanes(lanes, base + REGISTER_0 * LANES, row_0)
    store_lanes(lanes, base + REGISTER_1 * LANES, row_1)
    store_lanes(lanes, base + REGISTER_2 * LANES, where(to_2, new, row_2))


@inlined
def _fetch(state, base, granted):
    """Rows that are granted are on their way; returns whose was the last of its work-item."""
    lanes = state.lanes
    place = load_lanes(lanes, base + PLACE * LANES)
    rows = gather(state.hits.rows, place, granted)
    tags = load_lanes(lanes, base + TAG * LANES)
    store_lanes(lanes, base + ROW_ON_ITS_WAY * LANES, rows | tags)
    one = broadcast(np.int32(1))
    store_lanes(lanes, base + PLACE * LANES, where(granted, place + one, place))
    return granted & marks_above(rows & broadcast(np.int32(LAST_ROW)), broadcast(np.int32(0)))
