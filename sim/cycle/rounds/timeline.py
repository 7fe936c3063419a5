"""Why idle elements were idle, cycle by cycle, as intervals."""

from __future__ import annotations

from grus.compiled import borrowing, inlined
from grus.sim.cycle.rounds.element import CONFLICT, IMBALANCE, RESIDENT_FETCH

__all__ = ["append_interval", "book_bubbles", "book_idle"]

# An array of shape (2, n): ends of intervals and their reasons; `length[0]` are in use.


@inlined
def append_interval(timeline, length, end, reason):
    """Idle elements up to cycle `end`, included, are idle for `reason`."""
    last = length[0] - 1
    if end > timeline[0, last]:
        if timeline[1, last] == reason:
            timeline[0, last] = end
        else:
            timeline[0, last + 1] = end
            timeline[1, last + 1] = reason
            length[0] += 1


@borrowing
def book_idle(state, timeline, length, end, cycles):
    """Book `cycles` idle cycles, the last of them `end`; the timeline must reach that far."""
    index = length[0] - 1
    while index > 0 and timeline[0, index - 1] >= end:
        index -= 1
    while cycles > 0:
        begin = timeline[0, index - 1] + 1 if index > 0 else end - cycles + 1
        here = min(cycles, end - begin + 1)
        state[timeline[1, index]] += here
        cycles -= here
        end = begin - 1
        index -= 1


@borrowing
def book_bubbles(state, timeline, length, bubbles, refused, took, start):
    """Book the bubbles before a row, by what the fetcher did in their stead.

    Parameters
    ----------
    state, timeline, length : ndarray of int64
        The element; why idle elements were idle, up to the round's start.
    bubbles, refused : int
        Cycles without work before the row; cycles in which its request was refused.
    took : int
        Cycle in which an idle fetcher took the work-item, or -1.
    start : int
        Start of the round.
    """
    bubbles = _account_bubble(state, bubbles, refused, took >= 0)
    if bubbles:
        # Idle until the take: first in this round, and before it in the ones before.
        here = min(bubbles, took - 1 - start)
        state[IMBALANCE] += here
        book_idle(state, timeline, length, start, bubbles - here)


@borrowing
def _account_bubble(state, bubbles, refused, took_idle):
    """Book the bubbles before a row; returns those that were idle time of the fetcher.

    Parameters
    ----------
    state : ndarray of int64
        The element.
    bubbles : int
        Cycles without work before the row.
    refused : int
        Cycles in which its request was refused.
    took_idle : bool
        Its work-item was taken by an idle fetcher, which costs a cycle.
    """
    conflicts = min(bubbles, refused)
    state[CONFLICT] += conflicts
    bubbles -= conflicts
    if took_idle and bubbles:
        state[RESIDENT_FETCH] += 1
        bubbles -= 1
    return bubbles
