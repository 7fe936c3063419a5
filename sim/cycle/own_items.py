"""An element's own work-items in a round: the hot loop of the model."""

from __future__ import annotations

from grus.compiled import compiled
from grus.sim.cycle.element import (
    ACTIVE,
    BUSY,
    FETCH_CYCLES,
    GATHERED,
    GRANTED,
    JOINED,
    LEFT_1,
    LEFT_2,
    LEFT_3,
    MACS,
    MATCHED,
    PENDING,
    READY,
    account_bubble,
    move_row,
)
from grus.sim.cycle.results import push_own
from grus.sim.cycle.timeline import book_idle

__all__ = ["play_own", "settle"]


@compiled
def play_own(array, work, this, pe, items, first, state, scratch, timeline, length):
    """Play an element's own work-items as if none were stolen; returns how many it has.

    Parameters
    ----------
    array, work, this, pe, scratch, timeline, length
        As in :func:`play_round`.
    items : int
        Play no more than these.
    first : bool
        They have not been played before: book the bubbles before them.
    state : ndarray of int64
        The element; what becomes of it stands in the scratch memory.
    """
    per_column = (this.kernels - pe + array.pes - 1) // array.pes
    finish, gathered = scratch.finish[pe], scratch.gathered[pe]
    rows_before, grants = scratch.rows[pe], scratch.grants[pe]
    first_row = work.first_row
    first_counted = first_row[this.kernel]
    multipliers = array.multipliers
    granted = this.start + 1
    left_1, left_2, left_3 = state[LEFT_1], state[LEFT_2], state[LEFT_3]
    matched, joined, ready = state[MATCHED], state[JOINED], state[READY]
    pending, active = state[PENDING], state[ACTIVE]
    busy = macs = item = rows = 0
    items = min(items, per_column * this.columns)
    for column in range(this.columns):
        counted = scratch.hits[column]
        kernel = this.kernel + pe
        for _ in range(min(per_column, items - item)):
            stop = first_row[kernel + 1]
            for row in range(first_row[kernel], stop):
                hits = counted[row - first_counted]
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
                if bubbles and first:  # the first is taken by an idle fetcher
                    bubbles = account_bubble(state, bubbles, 0, True)
                    book_idle(state, timeline, length, this.start, bubbles)
                first = False
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
    behind = scratch.states[pe]
    behind[GRANTED] = granted
    behind[LEFT_1], behind[LEFT_2], behind[LEFT_3] = left_1, left_2, left_3
    behind[MATCHED], behind[JOINED], behind[READY] = matched, joined, ready
    behind[PENDING], behind[ACTIVE] = pending, active
    behind[BUSY], behind[MACS] = busy, macs
    return items


@compiled
def settle(array, work, this, pe, state, scratch, results, timeline, length, group, theft):
    """An element's own work-items that were not stolen count; their results are on their way.

    Parameters
    ----------
    array, work, this, pe, state, scratch, results, timeline, length, group
        As in :func:`play_round`.
    theft : int
        Cycle of the first theft in the group.
    """
    kept = scratch.kept[pe]
    if kept == 0:
        return
    if kept != scratch.own[pe]:
        play_own(array, work, this, pe, kept, False, state, scratch, timeline, length)
    behind = scratch.states[pe]
    for field in range(GATHERED):
        state[field] = behind[field]
    state[GATHERED] = behind[ACTIVE]
    state[BUSY] += behind[BUSY]
    state[MACS] += behind[MACS]
    # What stands before the arbiter before the first stolen result is taken at once.
    alone = theft + FETCH_CYCLES + 2 + array.latency
    push_own(results, pe, this.half, scratch.gathered[pe], kept, array.latency, alone, group)
