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
    move_row,
)
from grus.sim.cycle.results import push_own
from grus.sim.cycle.timeline import book_bubbles

__all__ = ["play_own", "settle"]


@compiled
def play_own(array, work, this, pe, state, scratch, timeline, length):
    """Play an element's own work-items as if none were stolen; returns how many it has.

    What :func:`settle` needs to go back to the end of any of them is left in the scratch memory.
    """
    per_column = (this.kernels - pe + array.pes - 1) // array.pes
    finish, gathered = scratch.finish[pe], scratch.gathered[pe]
    rows_before, grants, lefts = scratch.rows[pe], scratch.grants[pe], scratch.lefts[pe]
    behind = scratch.behind[pe]
    first_row = work.first_row
    first_counted = first_row[this.kernel]
    multipliers = array.multipliers
    granted = this.start + 1
    left_1, left_2, left_3 = state[LEFT_1], state[LEFT_2], state[LEFT_3]
    matched, joined, ready = state[MATCHED], state[JOINED], state[READY]
    pending, active = state[PENDING], state[ACTIVE]
    busy = macs = item = rows = 0
    for column in range(this.columns):
        counted = scratch.hits[column]
        kernel = this.kernel + pe
        for _ in range(per_column):
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
                if bubbles and rows == 0:  # the first is taken by an idle fetcher
                    took = this.start + 1
                    book_bubbles(state, timeline, length, bubbles, 0, took, this.start)
                left_1, left_2, left_3 = left, left_1, left_2
                busy += now_busy
                macs += hits
                grants[rows], lefts[rows] = granted, left
                rows += 1
            finish[item] = granted
            gathered[item] = active
            behind[item, 0], behind[item, 1] = matched, joined
            behind[item, 2], behind[item, 3] = busy, macs
            item += 1
            rows_before[item] = rows
            kernel += array.pes
    return item


@compiled
def settle(array, this, pe, state, scratch, results, group, theft):
    """An element's own work-items that were not stolen count; their results are on their way.

    Parameters
    ----------
    array, this, pe, state, scratch, results, group
        As in :func:`play_round`.
    theft : int
        Cycle of the first theft in the group.
    """
    kept = scratch.kept[pe]
    if kept == 0:
        return
    rows, lefts = scratch.rows[pe, kept], scratch.lefts[pe]
    left_1, left_2 = state[LEFT_1], state[LEFT_2]
    state[LEFT_1] = lefts[rows - 1]
    state[LEFT_2] = lefts[rows - 2] if rows > 1 else left_1
    state[LEFT_3] = lefts[rows - 3] if rows > 2 else (left_1 if rows > 1 else left_2)
    behind = scratch.behind[pe, kept - 1]
    state[GRANTED] = scratch.finish[pe, kept - 1]
    state[MATCHED], state[JOINED], state[PENDING] = behind[0], behind[1], 0
    state[READY] = state[ACTIVE] = state[GATHERED] = scratch.gathered[pe, kept - 1]
    state[BUSY] += behind[2]
    state[MACS] += behind[3]
    # What stands before the arbiter before the first stolen result is taken at once.
    alone = theft + FETCH_CYCLES + 2 + array.latency
    push_own(results, pe, this.half, scratch.gathered[pe], kept, array.latency, alone, group)
