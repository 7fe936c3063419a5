"""Stealing: one work-item a cycle moves from the slowest element of a group to an idle one."""

from __future__ import annotations

import numpy as np

from grus.bits import lowest_one
from grus.compiled import inlined
from grus.sim.cycle.array.lanes import (
    ALL_LEFT,
    FETCHING,
    KEPT,
    LEFT,
    PLACE,
    SLOTS,
    STEALS,
    TAG,
    THIEF,
    WORKS,
    lane_place,
    slot_of,
)
from grus.sim.cycle.array.pipeline import OF_THIEF
from grus.sim.cycle.rounds.dealt import dealt_place, rows_before

__all__ = ["move_work"]


@inlined
def move_work(state, array, work, this, finished, more, idle, cycle):
    """Each group moves a work-item, if some element is idle and another has one to spare.

    Parameters
    ----------
    state, array, work, this
        The array, the design, the operands, the round.
    finished, more, idle : uint64
        Who finishes a work-item in this cycle, who had own ones waiting before it, who has none.
    cycle : int
        The cycle.
    """
    for first in range(0, array.pes, array.group_pes):
        group = (np.uint64(1) << np.uint64(array.group_pes)) - np.uint64(1)
        if array.group_pes == 64:
            group = ~np.uint64(0)
        group <<= np.uint64(first)
        candidates = more & group
        if not (idle & group) or not candidates:
            continue
        highest, victim = np.int64(-1), np.int64(0)
        while candidates:
            pe = np.int64(lowest_one(candidates))
            mark = np.uint64(1) << np.uint64(pe)
            candidates ^= mark
            # As the imbalance detector shows it: what ends in this cycle is not done yet.
            counter = np.int64(state.lanes[lane_place(LEFT, pe)]) + np.int64((finished & mark) != 0)
            if counter >= highest:
                highest, victim = counter, pe
        if state.lanes[lane_place(LEFT, victim)]:
            _steal(state, array, work, this, np.int64(lowest_one(idle & group)), victim, cycle)


@inlined
def _steal(state, array, work, this, pe, victim, cycle):
    """The victim's last work-item goes to element `pe`."""
    lanes, marks, counts = state.lanes, state.marks, state.counts
    lanes[lane_place(LEFT, victim)] -= 1
    counts[ALL_LEFT] -= 1
    counts[STEALS] += 1
    lanes[lane_place(KEPT, victim)] -= 1
    item = np.int64(lanes[lane_place(KEPT, victim)])
    dealt = work.dealt
    per_column = np.int64(dealt.kernels[dealt_place(dealt, this.load, victim)])
    before, behind = rows_before(dealt, this.load, victim, array.pes)
    lanes[lane_place(PLACE, pe)] = (
        this.hits
        + before * this.columns
        + item // per_column * (behind - before)
        + dealt.place[this.kernel + item % per_column * array.pes + victim]
    )
    lanes[lane_place(TAG, pe)] |= OF_THIEF
    mark = np.uint64(1) << np.uint64(pe)
    marks[WORKS] |= mark
    marks[THIEF] |= mark
    state.due[slot_of(FETCHING, cycle)] |= mark
    state.bank[pe] = victim
    state.banks[pe, state.behind_bank[pe] & (SLOTS - 1)] = victim
    state.behind_bank[pe] += 1
