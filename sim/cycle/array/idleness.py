"""Cycles in which elements have nothing to multiply, each booked by what its fetcher did before."""

from __future__ import annotations

from grus.compiled import borrowing, inlined
from grus.sim.cycle.array.lanes import (
    AT_WORK,
    FETCHING,
    LOGGED,
    REFUSED,
    add_marked,
    slot_of,
)
from grus.sim.cycle.rounds.element import CONFLICT, FETCH_CYCLES, IMBALANCE, RESIDENT_FETCH

__all__ = ["book_idleness", "book_logged", "log_idleness"]


@inlined
def book_idleness(state, timeline, length, bubbles, cycle):
    """Book a cycle of all marked elements.

    The cause entered the pipeline with the bubble. Why an idle fetcher was idle is known up to the
    end of the timeline, and within a round; what comes later is booked once it is known.
    """
    cause = cycle - FETCH_CYCLES
    refused = bubbles & state.due[slot_of(REFUSED, cause)]
    fetching = bubbles & state.due[slot_of(FETCHING, cause)] & ~refused
    if refused:
        add_marked(state, CONFLICT, refused, 1)
    if fetching:
        add_marked(state, RESIDENT_FETCH, fetching, 1)
    idle = bubbles & ~refused & ~fetching
    if idle:
        if cause <= timeline[0, length[0] - 1]:
            _book(state, timeline, length, cause, cause, idle)
        elif state.counts[AT_WORK]:
            add_marked(state, IMBALANCE, idle, 1)
        else:
            log_idleness(state, cycle, cycle, idle)


@inlined
def log_idleness(state, first, last, idle):
    """Remember cycles of the marked elements whose reason is not known yet."""
    entry = state.counts[LOGGED]
    cause = first - FETCH_CYCLES
    if entry and state.log_marks[entry - 1] == idle and state.log[entry - 1, 1] == cause - 1:
        state.log[entry - 1, 1] = last - FETCH_CYCLES
        return
    state.log[entry, 0], state.log[entry, 1] = cause, last - FETCH_CYCLES
    state.log_marks[entry] = idle
    state.counts[LOGGED] += 1


@inlined
def book_logged(state, timeline, length):
    """Book what was remembered; the timeline must reach that far."""
    for entry in range(state.counts[LOGGED]):
        first, last = state.log[entry]
        _book(state, timeline, length, first, last, state.log_marks[entry])
    state.counts[LOGGED] = 0


@borrowing
def _book(state, timeline, length, first, last, idle):
    """Book idle cycles of the fetchers, the first to the last, by the timeline's reasons."""
    index = length[0] - 1
    while index > 0 and timeline[0, index - 1] >= last:
        index -= 1
    while first <= last:
        begin = max(first, timeline[0, index - 1] + 1) if index > 0 else first
        add_marked(state, timeline[1, index], idle, last - begin + 1)
        last = begin - 1
        index -= 1
