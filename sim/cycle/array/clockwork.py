"""The array, cycle after cycle, until what is asked for has happened."""

from __future__ import annotations

import numpy as np

from grus.compiled import borrowing, inlined
from grus.sim.cycle.array.idleness import book_idleness, book_logged, log_idleness
from grus.sim.cycle.array.lanes import (
    ALL_LEFT,
    AT_WORK,
    CLOCK,
    FETCHING,
    GATHERED,
    HIGH,
    JOINING,
    KEPT,
    LEFT,
    LOCATED,
    LOGGED,
    LOW,
    MATCHED,
    ON_ITS_WAY,
    PLACE,
    REFUSED,
    TAG,
    TAKEN,
    UNGATHERED,
    UNTAKEN,
    WORKS,
    lane_place,
    slot_of,
)
from grus.sim.cycle.array.outlet import take_results
from grus.sim.cycle.array.pipeline import OF_HALF, OF_PATCH, grant_requests, move_elements
from grus.sim.cycle.array.stealing import move_work
from grus.sim.cycle.array.vectors import LANES, broadcast, load_lanes, store_lanes
from grus.sim.cycle.rounds.dealt import dealt_place
from grus.sim.cycle.rounds.element import FETCH_CYCLES
from grus.sim.cycle.rounds.goals import UNTIL_CYCLE, UNTIL_FINISHED, UNTIL_GATHERED

__all__ = ["advance", "open_round"]


@inlined
def open_round(state, array, work, this, patch_half, timeline, length):
    """Play until a round starts; its work-items are there from the next cycle on."""
    if state.counts[CLOCK] <= this.start:
        advance(state, array, work, this, timeline, length, UNTIL_CYCLE, this.start)
    if state.counts[LOGGED]:
        book_logged(state, timeline, length)
    counts, lanes, dealt = state.counts, state.lanes, work.dealt
    columns = broadcast(np.int32(this.columns))
    first_hits = broadcast(np.int32(this.hits))
    tag = broadcast(np.int32(OF_PATCH * patch_half + OF_HALF * this.half))
    for first in range(0, array.pes, LANES):
        place = dealt_place(dealt, this.load, first)
        own = load_lanes(dealt.kernels, place) * columns
        store_lanes(lanes, lane_place(LEFT, first), own)
        store_lanes(lanes, lane_place(KEPT, first), own)
        before = load_lanes(dealt.before, place) * columns
        store_lanes(lanes, lane_place(PLACE, first), first_hits + before)
        store_lanes(lanes, lane_place(TAG, first), tag)
    items = this.kernels * this.columns
    counts[ALL_LEFT] = items
    counts[UNGATHERED + patch_half] += items
    counts[UNTAKEN + this.half] += items
    counts[AT_WORK] = 1


@borrowing
def advance(state, array, work, this, timeline, length, goal, which):
    """Play cycles until a goal is reached; returns when it was.

    Parameters
    ----------
    state, array, work, this, timeline, length
        The array, the design, the operands, the round, why idle elements were idle.
    goal, which : int
        What to wait for.
    """
    counts = state.counts
    while True:
        cycle = counts[CLOCK]
        if goal == UNTIL_CYCLE:
            if cycle > which:
                return cycle
            if _is_empty(state, cycle):
                _skip(state, array, cycle, which)
                return which + 1
        elif goal == UNTIL_FINISHED:
            if not counts[ALL_LEFT] and not state.marks[WORKS]:
                counts[AT_WORK] = 0
                return cycle - 1
        elif goal == UNTIL_GATHERED:
            if not counts[UNGATHERED + which]:
                return counts[GATHERED + which]
        elif not counts[UNTAKEN + which]:
            return counts[TAKEN + which]
        _step(state, array, work, this, timeline, length, cycle)
        counts[CLOCK] = cycle + 1


@inlined
def _step(state, array, work, this, timeline, length, cycle):
    """One cycle, from the end of the pipeline to its beginning."""
    works = state.marks[WORKS]
    halted = take_results(state, array, cycle)
    granted = grant_requests(state, cycle)
    finished, more, bubbles = move_elements(state, array, granted, halted, cycle)
    idle = ~more & (~works | finished)
    if this.steal and more:
        move_work(state, array, work, this, finished, more, idle & _everybody(array), cycle)
    bubbles &= _everybody(array)
    if bubbles:
        book_idleness(state, timeline, length, bubbles, cycle)


@inlined
def _everybody(array):
    return ~np.uint64(0) >> np.uint64(64 - array.pes)


@inlined
def _skip(state, array, cycle, last):
    """Nothing happens from `cycle` to `last`; everybody is idle."""
    log_idleness(state, cycle, last, _everybody(array))
    for before in range(FETCH_CYCLES):
        for due in (FETCHING, REFUSED):
            state.due[slot_of(due, last - before)] = np.uint64(0)
    state.counts[CLOCK] = last + 1


@inlined
def _is_empty(state, cycle):
    """Nothing is under way, and no bubble but idle ones."""
    marks, counts = state.marks, state.counts
    held = marks[WORKS] | marks[ON_ITS_WAY] | marks[LOW] | marks[HIGH]
    held |= marks[LOCATED] | marks[MATCHED] | marks[JOINING]
    for before in range(1, FETCH_CYCLES + 1):
        held |= state.due[slot_of(FETCHING, cycle - before)]
    return not held and counts[UNTAKEN] + counts[UNTAKEN + 1] + counts[ALL_LEFT] == 0
