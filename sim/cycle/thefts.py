"""Stealing: from the cycle in which the first element is idle to the end of the round."""

from __future__ import annotations

import numpy as np

from grus.compiled import compiled
from grus.sim.cycle.element import (
    GATHERED,
    LEFT_3,
    accept_row,
)
from grus.sim.cycle.own_items import settle
from grus.sim.cycle.results import push_result
from grus.sim.cycle.timeline import book_bubbles

__all__ = ["NEVER", "STEALS", "play_thefts"]

NEVER = np.int64(1) << 60
# Fields of a thief, THIEF of them.
STEALS = 0  # has stolen in this round
WORKS = 1  # on a stolen work-item
BANK = 2
ROW = 3  # row asked for, and the one behind the last
STOP = 4
COLUMN = 5  # of the strip
ASKS = 6  # earliest cycle of the request, and cycle since which it is refused
IDLE_SINCE = 7  # cycle of the theft, if the fetcher was idle then, or -1


@compiled
def play_thefts(array, work, this, group, states, scratch, results, timeline, length):
    """Move work-items, one a cycle, from the slowest element to an idle one.

    An owner is never held up by a thief. So its own rows are where they are without thieves, and
    only how many of its work-items stay its own is to be found.

    Returns
    -------
    tuple of int
        Work-items moved, and the cycle in which the first was, or never.
    """
    first = group * array.group_pes
    pes = array.group_pes
    counter = np.zeros(pes, np.int64)  # work-items left, as the imbalance detector shows them
    done = np.zeros(pes, np.int64)  # own work-items finished
    asked = np.zeros(pes, np.int64)  # own rows granted
    ends = np.zeros(pes, np.bool_)  # a work-item is finished in this cycle
    kept = scratch.kept

    cycle = NEVER
    for pe in range(pes):
        own = scratch.own[first + pe]
        last = scratch.finish[first + pe, own - 1] if own else this.start + 1
        cycle = min(cycle, last)
    left = 0
    for pe in range(pes):
        own = scratch.own[first + pe]
        while done[pe] < own and scratch.finish[first + pe, done[pe]] < cycle:
            done[pe] += 1
        asked[pe] = scratch.rows[first + pe, done[pe]]
        counter[pe] = own - done[pe]
        left += counter[pe]

    steals = 0
    theft = NEVER
    working = 0
    while left:
        if working:
            working -= _serve_thieves(
                array,
                work,
                this,
                group,
                cycle,
                asked,
                ends,
                states,
                scratch,
                results,
                timeline,
                length,
            )
        highest, slowest, idle = -1, 0, -1
        for pe in range(pes):
            if done[pe] < kept[first + pe] and scratch.finish[first + pe, done[pe]] == cycle:
                ends[pe] = True
                done[pe] += 1
            if counter[pe] >= highest:
                highest, slowest = counter[pe], pe
            if idle < 0 and counter[pe] == ends[pe]:
                idle = pe
        steal = idle >= 0 and highest - ends[slowest] > 1
        for pe in range(pes):
            if ends[pe]:
                counter[pe] -= 1
                left -= 1
        if steal:
            _steal(
                array,
                work,
                this,
                group,
                slowest,
                idle,
                cycle,
                ends[idle],
                states,
                scratch,
                results,
            )
            counter[slowest] -= 1
            counter[idle] += 1
            steals += 1
            theft = min(theft, cycle)
            working += 1
        elif highest <= 1 and not working:
            break  # everybody finishes what is its own
        ends[:] = False
        cycle += 1
    return steals, theft


@compiled
def _steal(
    array,
    work,
    this,
    group,
    victim,
    idle,
    cycle,
    finishes,
    states,
    scratch,
    results,
):
    """The victim's last work-item goes to the idle element in `cycle`."""
    first = group * array.group_pes
    pe, bank = first + idle, first + victim
    thief = scratch.thief[pe]
    if not thief[STEALS]:
        settle(array, this, pe, states[pe], scratch, results, group, cycle)
        thief[STEALS] = 1
    scratch.kept[bank] -= 1
    item = scratch.kept[bank]
    per_column = (this.kernels - bank + array.pes - 1) // array.pes
    kernel = this.kernel + item % per_column * array.pes + bank
    thief[WORKS] = 1
    thief[BANK] = bank
    thief[ROW] = work.first_row[kernel]
    thief[STOP] = work.first_row[kernel + 1]
    thief[COLUMN] = item // per_column
    thief[ASKS] = max(cycle + 1, states[pe, LEFT_3] + 1)
    thief[IDLE_SINCE] = -1 if finishes else cycle


@compiled
def _serve_thieves(
    array, work, this, group, cycle, asked, ends, states, scratch, results, timeline, length
):
    """One cycle of the ports: thieves get what owners leave; returns who finished."""
    first = group * array.group_pes
    pes = array.group_pes
    served = np.uint64(0)
    finished = 0
    for index in range(pes):
        thief = scratch.thief[first + index]
        if not thief[STEALS] or not thief[WORKS] or thief[ASKS] > cycle:
            continue
        bank = thief[BANK]
        mark = np.uint64(1) << np.uint64(bank - first)
        if served & mark or _owner_asks(scratch, bank, bank - first, cycle, asked):
            continue
        served |= mark
        pe, row = first + index, thief[ROW]
        last = row == thief[STOP] - 1
        state = states[pe]
        hits = scratch.hits[thief[COLUMN], row - work.first_row[this.kernel]]
        bubbles = accept_row(state, cycle, hits, last, array.multipliers)
        if bubbles:
            refused, took = cycle - thief[ASKS], thief[IDLE_SINCE]
            book_bubbles(state, timeline, length, bubbles, refused, took, this.start)
        thief[IDLE_SINCE] = -1
        thief[ROW] += 1
        thief[ASKS] = max(cycle + 1, state[LEFT_3] + 1)
        if last:
            thief[WORKS] = 0
            ends[index] = True
            finished += 1
            push_result(results, pe, bank, this.half, state[GATHERED] + array.latency, group)
    return finished


@compiled
def _owner_asks(scratch, bank, index, cycle, asked):
    """Whether the owner of a bank has a row granted in this cycle."""
    stop = scratch.rows[bank, scratch.kept[bank]]
    while asked[index] < stop and scratch.grants[bank, asked[index]] < cycle:
        asked[index] += 1
    return asked[index] < stop and scratch.grants[bank, asked[index]] == cycle
