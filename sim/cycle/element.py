"""A processing element as recurrences: when each resident row is where.

Nothing but a refused result ever stalls the end of the pipeline, so the times of a row follow from
those of the rows before it. `stepped` plays what this cannot: refused results that pile up.
"""

from __future__ import annotations

from grus.compiled import compiled

__all__ = [
    "ACTIVE",
    "BROADCAST",
    "BUSY",
    "CONFLICT",
    "FETCH_CYCLES",
    "FIRST_COUNTER",
    "GATHERED",
    "GRANTED",
    "IMBALANCE",
    "JOINED",
    "LEFT_1",
    "LEFT_2",
    "LEFT_3",
    "MACS",
    "MATCHED",
    "MEMORY",
    "OUTPUT",
    "PENDING",
    "READY",
    "RESIDENT_FETCH",
    "STATE",
    "accept_row",
    "account_bubble",
    "move_row",
]

# Fields of an element's state; times are clock cycles.
GRANTED = 0  # last row's grant
LEFT_1 = 1  # the last three rows leave the row registers
LEFT_2 = 2
LEFT_3 = 3
MATCHED = 4  # last row enters the matcher
JOINED = 5  # last row enters the joiner
READY = 6  # the joiner can take the next row
PENDING = 7  # pairs that wait in the joiner for it
ACTIVE = 8  # last cycle that is no bubble
GATHERED = 9  # last match of the last whole work-item leaves the joiner
# Cycles counted; lost ones by their reason.
BUSY = 10
IMBALANCE = 11
CONFLICT = 12
BROADCAST = 13
RESIDENT_FETCH = 14
OUTPUT = 15
MEMORY = 16
MACS = 17
STATE = 18
FIRST_COUNTER = BUSY

# From a row's grant to the joiner, when nothing waits.
FETCH_CYCLES = 4


@compiled
def move_row(granted, hits, last, multipliers, matched, joined, ready, pending, active):
    """Send a row through an element from the cycle of its grant.

    Parameters
    ----------
    granted, hits : int
        Cycle of the grant; effectual pairs.
    last : bool
        It ends its work-item.
    multipliers : int
        Pairs of a match.
    matched, joined, ready, pending, active : int
        Of the element, as the fields above.

    Returns
    -------
    tuple of int
        When the row leaves the row registers; the five fields behind it; bubbles before it, busy
        cycles with it.
    """
    left = max(granted + 2, matched)
    matched = max(left + 1, joined)
    joined = max(matched + 1, ready)
    pending += hits
    matches = 0  # counted, because a division takes longer
    while pending >= multipliers:
        pending -= multipliers
        matches += 1
    if last:
        if pending or not matches:
            matches += 1
        pending = 0
    bubbles = max(joined - active - 1, 0)
    busy = matches + (joined > active)
    ready = joined + (matches if last else max(1, matches))
    return left, matched, joined, ready, pending, joined + matches, bubbles, busy


@compiled
def accept_row(state, granted, hits, last, multipliers):
    """Send a row through the element with `state`; returns the bubbles before it."""
    left, matched, joined, ready, pending, active, bubbles, busy = move_row(
        granted,
        hits,
        last,
        multipliers,
        state[MATCHED],
        state[JOINED],
        state[READY],
        state[PENDING],
        state[ACTIVE],
    )
    if last:
        state[GATHERED] = active
    state[GRANTED] = granted
    state[LEFT_3] = state[LEFT_2]
    state[LEFT_2] = state[LEFT_1]
    state[LEFT_1] = left
    state[MATCHED], state[JOINED], state[READY] = matched, joined, ready
    state[PENDING], state[ACTIVE] = pending, active
    state[BUSY] += busy
    state[MACS] += hits
    return bubbles


@compiled
def account_bubble(state, bubbles, refused, took_idle):
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
