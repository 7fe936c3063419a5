"""The array, element by element, cycle after cycle, until what is asked for has happened.

Thirty times slower than `array`, and independent of it: each is a check on the other.
"""

from __future__ import annotations

import numpy as np

from grus.compiled import borrowing
from grus.sim.cycle.rounds.goals import UNTIL_CYCLE, UNTIL_FINISHED, UNTIL_GATHERED
from grus.sim.cycle.steps.fetch import fetch_rows, schedule
from grus.sim.cycle.steps.pipeline import move_pipeline, take_waiting
from grus.sim.cycle.steps.state import (
    BACK,
    COUNTER,
    FRONT,
    ON_ITS_WAY,
    REGISTERS,
    ROW_REGISTERS,
    WORKS,
)

__all__ = ["begin_round", "step_until"]


@borrowing
def begin_round(stepped, array, work, this, patch_half, states, timeline, length):
    """A round begins: its work-items are there from the next cycle on."""
    step_until(stepped, array, work, states, timeline, length, UNTIL_CYCLE, this.start)
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
def step_until(stepped, array, work, states, timeline, length, goal, which):
    """Play cycles until a goal is reached; returns when it was."""
    while True:
        cycle = stepped.clock[0]
        if goal == UNTIL_CYCLE:
            if cycle > which:
                return cycle
        elif goal == UNTIL_FINISHED:
            if _is_finished(stepped, array):
                return cycle - 1
        elif goal == UNTIL_GATHERED:
            if not stepped.ungathered[which]:
                return stepped.gathered[which]
        elif not stepped.untaken[which]:
            return stepped.taken[which]
        _step(stepped, array, work, states, timeline, length)


@borrowing
def _is_finished(stepped, array):
    """All work-items of the round are finished."""
    for pe in range(array.pes):
        if stepped.pe[pe, COUNTER]:
            return False
    return True


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
