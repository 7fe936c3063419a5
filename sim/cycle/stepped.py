"""The array cycle by cycle: exact whatever piles up, for the layers that recurrences cannot follow.

Slower than `rounds` by an order of magnitude, and independent of it: each is a check on the other.
"""

from __future__ import annotations

import numpy as np

from grus.compiled import borrowing
from grus.sim.cycle.step_fetch import fetch_rows, schedule
from grus.sim.cycle.step_pipeline import move_pipeline, take_waiting
from grus.sim.cycle.step_state import (
    BACK,
    COUNTER,
    FRONT,
    ON_ITS_WAY,
    REGISTERS,
    ROW_REGISTERS,
    WORKS,
)

__all__ = [
    "begin_round",
    "step_before",
    "step_until_finished",
    "step_until_gathered",
    "step_until_taken",
]


@borrowing
def begin_round(stepped, array, work, this, patch_half, states, timeline, length):
    """A round begins: its work-items are there from the next cycle on."""
    while stepped.clock[0] <= this.start:
        _step(stepped, array, work, states, timeline, length)
    held = stepped.round
    held[0], held[1], held[2], held[3] = this.start, this.kernel, this.kernels, this.columns
    held[4], held[5], held[6], held[7] = this.place, this.half, this.steal, patch_half
    for pe in range(array.pes):
        per_column = (this.kernels - pe + array.pes - 1) // array.pes
        element = stepped.pe[pe]
        element[FRONT] = 0
        element[BACK] = element[COUNTER] = per_column * this.columns
        stepped.ungathered[patch_half] += element[BACK]
        stepped.untaken[this.half] += element[BACK]


@borrowing
def step_until_finished(stepped, array, work, states, timeline, length):
    """Go on until all work-items of the round are finished; returns the cycle of the last."""
    while True:
        left = 0
        for pe in range(array.pes):
            left += stepped.pe[pe, COUNTER]
        if left == 0:
            return stepped.clock[0] - 1
        _step(stepped, array, work, states, timeline, length)


@borrowing
def step_until_gathered(stepped, array, work, half, states, timeline, length):
    """Go on until no work-item needs a half of the broadcast buffers; returns when it was left."""
    while stepped.ungathered[half]:
        _step(stepped, array, work, states, timeline, length)
    return stepped.gathered[half]


@borrowing
def step_until_taken(stepped, array, work, half, states, timeline, length):
    """Go on until no result for a half of the output RAM is under way."""
    while stepped.untaken[half]:
        _step(stepped, array, work, states, timeline, length)
    return stepped.taken[half]


@borrowing
def step_before(stepped, array, work, cycle, states, timeline, length):
    """Go on until all before a cycle has happened."""
    while stepped.clock[0] < cycle:
        _step(stepped, array, work, states, timeline, length)


@borrowing
def _step(stepped, array, work, states, timeline, length):
    """One cycle, from the end of the pipeline to its beginning."""
    cycle = stepped.clock[0]
    for group in range(array.pes // array.group_pes):
        first, stop = group * array.group_pes, (group + 1) * array.group_pes
        taken = take_waiting(stepped, first, stop)
        asks = np.uint64(0)  # whose request is made, by what they hold at the beginning
        for pe in range(first, stop):
            element = stepped.pe[pe]
            room = element[REGISTERS] + element[ON_ITS_WAY] < ROW_REGISTERS
            if element[WORKS] and room:
                asks |= np.uint64(1) << np.uint64(pe - first)
        for pe in range(first, stop):
            mark = np.uint64(1) << np.uint64(pe - first)
            move_pipeline(
                stepped, array, pe, bool(taken & mark), cycle, states[pe], timeline, length
            )
        finished = fetch_rows(stepped, work, first, stop, asks)
        schedule(stepped, array, work, first, stop, finished, cycle)
    stepped.clock[0] += 1
