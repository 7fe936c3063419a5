"""The array of elements, by recurrences where they hold and cycle by cycle where they do not."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import compiled
from grus.sim.cycle.dense_rounds import play_dense_round
from grus.sim.cycle.element import (
    ACTIVE,
    FETCH_CYCLES,
    GATHERED,
    GRANTED,
    IMBALANCE,
    JOINED,
    LEFT_1,
    LEFT_2,
    LEFT_3,
    MATCHED,
    MEMORY,
    READY,
    STATE,
)
from grus.sim.cycle.results import Results, new_results, take_results
from grus.sim.cycle.rounds import play_round
from grus.sim.cycle.step_state import Stepped, new_stepped
from grus.sim.cycle.stepped import (
    begin_round,
    step_until_finished,
    step_until_gathered,
    step_until_taken,
)
from grus.sim.cycle.timeline import append_interval
from grus.sim.cycle.work import Array, Scratch, Work, new_scratch

__all__ = ["LONG_AGO", "Engine", "compute_round", "half_taken", "new_engine", "patch_gathered"]

LONG_AGO = np.int64(-1000)  # before the first cycle


class Engine(NamedTuple):
    """The array and what it works on; times are clock cycles.

    Attributes
    ----------
    array, work : Array, Work
        The design's sizes, the operands.
    exact : bool
        Go cycle by cycle; needed when results pile up.
    states : ndarray of int64, shape (elements, STATE)
        Elements, with their counters.
    scratch, results : Scratch, Results
        For the recurrences.
    stepped : Stepped
        For going cycle by cycle.
    gathered : ndarray of int64, shape (2,)
        When the last match of the last round in each half of the broadcast buffers left.
    timeline, length : ndarray of int64
        Why idle elements were idle.
    """

    array: Array
    work: Work
    exact: bool
    states: NDArray[np.int64]
    scratch: Scratch
    results: Results
    stepped: Stepped
    gathered: NDArray[np.int64]
    timeline: NDArray[np.int64]
    length: NDArray[np.int64]


@compiled
def new_engine(array, work, exact, columns, items, rows, rounds):
    """An idle array in cycle 0, for `rounds` rounds of a size; see :func:`new_scratch`."""
    states = np.zeros((array.pes, STATE), np.int64)
    for field in (GRANTED, LEFT_1, LEFT_2, LEFT_3, MATCHED, JOINED, READY, GATHERED):
        states[:, field] = LONG_AGO
    states[:, ACTIVE] = -1
    timeline = np.zeros((2, 5 * rounds + 8), np.int64)
    timeline[0, 0], timeline[1, 0] = -array.fetch_cycles - 1, MEMORY
    return Engine(
        array,
        work,
        exact,
        states,
        new_scratch(array.pes, columns, items, rows),
        new_results(array.pes, array.pes // array.group_pes, 6 * (columns * items + 8)),
        new_stepped(array.pes),
        np.full(2, LONG_AGO),
        timeline,
        np.ones(1, np.int64),
    )


@compiled
def compute_round(engine, this, patch_half):
    """Play a round; returns when its last work-item is finished, and how many were stolen."""
    array, timeline, length = engine.array, engine.timeline, engine.length
    if array.dense:
        steals = 0
        finished, engine.gathered[patch_half] = play_dense_round(
            array,
            engine.work,
            this,
            engine.states,
            engine.scratch,
            engine.results,
            timeline,
            length,
        )
    elif engine.exact:
        stepped = engine.stepped
        before = stepped.clock[2]
        begin_round(stepped, array, engine.work, this, patch_half, engine.states, timeline, length)
        finished = step_until_finished(stepped, array, engine.work, engine.states, timeline, length)
        steals = stepped.clock[2] - before
    else:
        finished, gathered, steals = play_round(
            array,
            engine.work,
            this,
            engine.states,
            engine.scratch,
            engine.results,
            timeline,
            length,
        )
        engine.gathered[patch_half] = gathered
        # A result of a later round stands before the arbiter later than this.
        horizon = finished + FETCH_CYCLES + 2 + array.latency
        for group in range(array.pes // array.group_pes):
            first = group * array.group_pes
            take_results(engine.results, group, first, first + array.group_pes, horizon)
    append_interval(timeline, length, finished, IMBALANCE)
    return finished, steals


@compiled
def patch_gathered(engine, half):
    """Cycle in which the last match with a half of the broadcast buffers left the joiner.

    No round may begin in between; the round that asks cannot.
    """
    if engine.exact:
        engine.gathered[half] = step_until_gathered(
            engine.stepped,
            engine.array,
            engine.work,
            half,
            engine.states,
            engine.timeline,
            engine.length,
        )
    return engine.gathered[half]


@compiled
def half_taken(engine, half):
    """Cycle in which the last result for a half of the output RAM was taken; as above."""
    if engine.exact:
        return step_until_taken(
            engine.stepped,
            engine.array,
            engine.work,
            half,
            engine.states,
            engine.timeline,
            engine.length,
        )
    pes = engine.array.group_pes
    for group in range(engine.array.pes // pes):
        _take_half(engine.results, group, group * pes, (group + 1) * pes, half)
    return engine.results.last[half]


@compiled
def _take_half(results, group, first, stop, half):
    """Take results until none of this group waits for a half."""
    mask = results.ready.shape[1] - 1
    while True:
        horizon = np.int64(-1)
        for pe in range(first, stop):
            for place in range(results.head[pe], results.tail[pe]):
                if results.half[pe, place & mask] == half:
                    horizon = max(horizon, results.ready[pe, place & mask])
        if horizon < 0:
            return
        take_results(results, group, first, stop, horizon + 1)
