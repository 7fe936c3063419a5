"""The array at work on rounds: all elements of a cycle at once, or one by one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing, compiled, inlined
from grus.sim.cycle.array.clockwork import advance, open_round
from grus.sim.cycle.array.dense_rounds import play_dense_round
from grus.sim.cycle.array.idleness import book_logged
from grus.sim.cycle.array.lanes import (
    CLOCK,
    COUNTERS,
    GATHERED,
    STEALS,
    TAKEN,
    UNGATHERED,
    UNTAKEN,
    Lanes,
    lane_place,
    new_lanes,
)
from grus.sim.cycle.rounds.element import (
    ACTIVE,
    FIRST_COUNTER,
    IMBALANCE,
    MEMORY,
    STATE,
)
from grus.sim.cycle.rounds.goals import UNTIL_CYCLE, UNTIL_FINISHED, UNTIL_GATHERED, UNTIL_TAKEN
from grus.sim.cycle.rounds.timeline import append_interval, book_idle
from grus.sim.cycle.rounds.work import Array, Round, Work
from grus.sim.cycle.steps.clockwork import begin_round, step_until
from grus.sim.cycle.steps.state import Stepped, new_stepped

__all__ = [
    "LONG_AGO",
    "Engine",
    "close_engine",
    "compute_round",
    "half_taken",
    "half_taken_before",
    "keep_counters",
    "new_engine",
    "patch_gathered",
]

LONG_AGO = np.int64(-1000)  # before the first cycle


class Engine(NamedTuple):
    """The array and what it works on; times are clock cycles.

    Attributes
    ----------
    array, work : Array, Work
        The design's sizes, the operands.
    one_by_one : bool
        Go element by element: slower, and independent of the other way.
    states : ndarray of int64, shape (elements, STATE)
        Elements, with their counters.
    lanes : Lanes
        For going all at once.
    stepped : Stepped
        For going one by one.
    timeline, length : ndarray of int64
        Why idle elements were idle.
    """

    array: Array
    work: Work
    one_by_one: bool
    states: NDArray[np.int64]
    lanes: Lanes
    stepped: Stepped
    timeline: NDArray[np.int64]
    length: NDArray[np.int64]


@compiled
def new_engine(array, work, one_by_one, hits, rounds):
    """An idle array in cycle 0, with room for hits, for so many rounds."""
    states = np.zeros((array.pes, STATE), np.int64)
    states[:, ACTIVE] = -1
    timeline = np.zeros((2, 5 * rounds + 8), np.int64)
    timeline[0, 0], timeline[1, 0] = -array.fetch_cycles - 1, MEMORY
    return Engine(
        array,
        work,
        one_by_one,
        states,
        new_lanes(array.pes, hits),
        new_stepped(array.pes),
        timeline,
        np.ones(1, np.int64),
    )


@inlined
def compute_round(engine, this, patch_half):
    """Play a round; returns when its last work-item is finished, and how many were stolen."""
    array, work, timeline, length = engine.array, engine.work, engine.timeline, engine.length
    if array.dense:
        steals = 0
        finished = play_dense_round(
            array, work, this, patch_half, engine.states, engine.lanes, timeline, length
        )
    elif engine.one_by_one:
        stepped = engine.stepped
        before = stepped.clock[2]
        begin_round(stepped, array, work, this, patch_half, engine.states, timeline, length)
        finished = _advance(engine, UNTIL_FINISHED, 0)
        steals = stepped.clock[2] - before
    else:
        lanes = engine.lanes
        before = lanes.counts[STEALS]
        open_round(lanes, array, work, this, patch_half, timeline, length)
        finished = advance(lanes, array, work, this, timeline, length, UNTIL_FINISHED, 0)
        steals = lanes.counts[STEALS] - before
    append_interval(timeline, length, finished, IMBALANCE)
    return finished, steals


@inlined
def patch_gathered(engine, half):
    """Cycle in which the last match with a half of the broadcast buffers left the joiner.

    No round may begin in between; the round that asks cannot.
    """
    counts = engine.lanes.counts
    if engine.one_by_one or counts[UNGATHERED + half]:
        return _advance(engine, UNTIL_GATHERED, half)
    return counts[GATHERED + half]


@inlined
def half_taken(engine, half):
    """Cycle in which the last result for a half of the output RAM was taken; as above."""
    counts = engine.lanes.counts
    if engine.one_by_one or counts[UNTAKEN + half]:
        return _advance(engine, UNTIL_TAKEN, half)
    return counts[TAKEN + half]


@inlined
def half_taken_before(engine, half, cycle):
    """Whether all results for a half of the output RAM are taken before a cycle.

    All rounds that begin before it must have been played.
    """
    if engine.one_by_one:
        stepped = engine.stepped
        _advance(engine, UNTIL_CYCLE, cycle - 1)
        return stepped.untaken[half] == 0 and stepped.taken[half] < cycle
    counts = engine.lanes.counts
    if counts[UNTAKEN + half] and counts[CLOCK] < cycle:
        _advance(engine, UNTIL_CYCLE, cycle - 1)
    return counts[UNTAKEN + half] == 0 and counts[TAKEN + half] < cycle


@borrowing
def _advance(engine, goal, which):
    """Play on, all elements at once without a new round."""
    array, work, timeline, length = engine.array, engine.work, engine.timeline, engine.length
    if engine.one_by_one:
        states = engine.states
        return step_until(engine.stepped, array, work, states, timeline, length, goal, which)
    none = Round(0, 0, 0, 0, 0, 0, 0, 0, False)
    return advance(engine.lanes, array, work, none, timeline, length, goal, which)


@borrowing
def keep_counters(engine):
    """Move what the lanes have counted to the states, where there is room for more."""
    lanes = engine.lanes.lanes
    for pe in range(engine.array.pes):
        for counter in range(COUNTERS):
            place = lane_place(FIRST_COUNTER + counter, pe)
            engine.states[pe, FIRST_COUNTER + counter] += lanes[place]
            lanes[place] = 0


@borrowing
def close_engine(engine, done):
    """All is done in cycle `done`; the timeline must reach that far."""
    if not engine.one_by_one and not engine.array.dense:
        _advance(engine, UNTIL_CYCLE, done)
        book_logged(engine.lanes, engine.timeline, engine.length)
        keep_counters(engine)
        return
    for pe in range(engine.array.pes):
        state = engine.states[pe]
        end, cycles = done - engine.array.fetch_cycles, done - state[ACTIVE]
        book_idle(state, engine.timeline, engine.length, end, cycles)
