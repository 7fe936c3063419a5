"""One round: every element's own work-items, then those that are stolen."""

from __future__ import annotations

import numpy as np

from grus.sim.cycle.bits import count_ones
from grus.sim.cycle.compiled import compiled
from grus.sim.cycle.element import (
    ACTIVE,
    GATHERED,
    GRANTED,
    JOINED,
    LEFT_1,
    LEFT_2,
    LEFT_3,
    MATCHED,
    PENDING,
    READY,
    account_bubble,
    move_row,
)
from grus.sim.cycle.thefts import NEVER, STEALS, play_thefts
from grus.sim.cycle.timeline import book_idle
from grus.sim.cycle.work import keep_state, settle

__all__ = ["play_round"]


@compiled
def play_round(array, work, this, states, scratch, results, timeline, length):
    """Play a round in all groups.

    Parameters
    ----------
    array, work, this : Array, Work, Round
        The design, the operands, the round.
    states : ndarray of int64, shape (elements, STATE)
        Elements; moved on.
    scratch : Scratch
        Memory.
    results : Results
        Takes the results.
    timeline, length : ndarray of int64
        Why idle elements were idle, up to the round's start.

    Returns
    -------
    tuple of int
        Cycle in which the last work-item is finished, cycle in which the last match is gathered,
        and work-items stolen.
    """
    finished = gathered = this.start
    steals = 0
    for group in range(array.pes // array.group_pes):
        first = group * array.group_pes
        stop = first + array.group_pes
        for pe in range(first, stop):
            _play_own(array, work, this, pe, states[pe], scratch, timeline, length)
        stolen, theft = 0, NEVER
        if this.steal:
            stolen, theft = play_thefts(
                array, work, this, group, states, scratch, results, timeline, length
            )
        steals += stolen
        for pe in range(first, stop):
            if not scratch.thief[pe, STEALS]:
                settle(array, this, pe, states[pe], scratch, results, group, theft)
            finished = max(finished, states[pe, GRANTED])
            gathered = max(gathered, states[pe, GATHERED])
    return finished, gathered, steals


@compiled
def _play_own(array, work, this, pe, state, scratch, timeline, length):
    """Play an element's own work-items as if none were stolen.

    The hot loop of the model, so the element's fields are local variables here.
    """
    per_column = (this.kernels - pe + array.pes - 1) // array.pes
    finish, gathered = scratch.finish[pe], scratch.gathered[pe]
    rows_before, grants = scratch.rows[pe], scratch.grants[pe]
    first_row, first_word = work.first_row, work.first_word
    offsets, masks, inputs = work.offset, work.mask, work.inputs
    multipliers = array.multipliers
    granted = this.start + 1
    left_1, left_2, left_3 = state[LEFT_1], state[LEFT_2], state[LEFT_3]
    matched, joined, ready = state[MATCHED], state[JOINED], state[READY]
    pending, active = state[PENDING], state[ACTIVE]
    busy = macs = item = rows = 0
    for column in range(this.columns):
        place = this.place + column * this.pitch
        kernel = this.kernel + pe
        for _ in range(per_column):
            if this.steal:
                keep_state(
                    scratch.states[pe, item],
                    granted,
                    left_1,
                    left_2,
                    left_3,
                    matched,
                    joined,
                    ready,
                    pending,
                    active,
                    busy,
                    macs,
                )
            stop = first_row[kernel + 1]
            for row in range(first_row[kernel], stop):
                ones = np.uint64(0)
                for word in range(first_word[row], first_word[row + 1]):
                    ones += count_ones(inputs[place + offsets[word]] & masks[word])
                hits = np.int64(ones)
                granted = max(granted, left_3) + 1
                left, matched, joined, ready, pending, active, bubbles, now_busy = move_row(
                    granted,
                    hits,
                    row == stop - 1,
                    multipliers,
                    matched,
                    joined,
                    ready,
                    pending,
                    active,
                )
                if bubbles and rows == 0:  # the first is taken by an idle fetcher
                    bubbles = account_bubble(state, bubbles, 0, True)
                    book_idle(state, timeline, length, this.start, bubbles)
                left_1, left_2, left_3 = left, left_1, left_2
                busy += now_busy
                macs += hits
                grants[rows] = granted
                rows += 1
            finish[item] = granted
            gathered[item] = active
            item += 1
            rows_before[item] = rows
            kernel += array.pes
    scratch.kept[pe] = scratch.own[pe] = item
    scratch.thief[pe, STEALS] = 0
    keep_state(
        scratch.states[pe, item],
        granted,
        left_1,
        left_2,
        left_3,
        matched,
        joined,
        ready,
        pending,
        active,
        busy,
        macs,
    )
