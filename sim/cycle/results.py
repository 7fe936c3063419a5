"""Results on their way to the output RAM: who is taken when, and who waits for a port."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import compiled

__all__ = ["Results", "new_results", "push_own", "push_result", "take_results"]


class Results(NamedTuple):
    """Queues of results, one for each element; times are clock cycles.

    Attributes
    ----------
    ready, bank, half : ndarray of int64, shape (elements, places)
        When a result reaches the arbiter, where it goes; a ring for each element.
    head, tail : ndarray of int64, shape (elements,)
        First result that waits, and place for the next.
    taken : ndarray of int64, shape (elements, 2)
        When the last two results of each element were taken.
    stolen : ndarray of int64, shape (groups,)
        Results that wait in each group and go to another element's bank.
    last : ndarray of int64, shape (2,)
        When the last result for each half of the output RAM was taken.
    stalled : ndarray of bool, shape (1,)
        Some element had more results waiting than its two registers hold.
    """

    ready: NDArray[np.int64]
    bank: NDArray[np.int64]
    half: NDArray[np.int64]
    head: NDArray[np.int64]
    tail: NDArray[np.int64]
    taken: NDArray[np.int64]
    stolen: NDArray[np.int64]
    last: NDArray[np.int64]
    stalled: NDArray[np.bool_]


@compiled
def new_results(pes, groups, places):
    """Empty queues of at least `places` places."""
    size = 1
    while size < places:
        size *= 2
    return Results(
        np.zeros((pes, size), np.int64),
        np.zeros((pes, size), np.int64),
        np.zeros((pes, size), np.int64),
        np.zeros(pes, np.int64),
        np.zeros(pes, np.int64),
        np.full((pes, 2), -1000, np.int64),
        np.zeros(groups, np.int64),
        np.full(2, -1000, np.int64),
        np.zeros(1, np.bool_),
    )


@compiled
def push_result(results, pe, bank, half, ready, group):
    """A result of `pe` for `bank` stands before the arbiter from cycle `ready` on."""
    place = results.tail[pe] & (results.ready.shape[1] - 1)
    results.ready[pe, place] = ready
    results.bank[pe, place] = bank
    results.half[pe, place] = half
    results.tail[pe] += 1
    if bank != pe:
        results.stolen[group] += 1


@compiled
def push_own(results, pe, half, gathered, count, latency, alone, group):
    """Results of an element for its own bank, `latency` cycles after they are gathered.

    Those that are ready up to cycle `alone`, and meet no result of a thief, are taken here.
    """
    item = 0
    if results.stolen[group] == 0:
        take_results(results, group, pe, pe + 1, alone)
        if results.head[pe] == results.tail[pe] and gathered[0] + latency > results.taken[pe, 0]:
            item = count
            while item and gathered[item - 1] + latency > alone:
                item -= 1
            if item:
                if item > 1:
                    results.taken[pe, 1] = gathered[item - 2] + latency
                else:
                    results.taken[pe, 1] = results.taken[pe, 0]
                results.taken[pe, 0] = gathered[item - 1] + latency
                results.last[half] = max(results.last[half], results.taken[pe, 0])
    while item < count:
        push_result(results, pe, pe, half, gathered[item] + latency, group)
        item += 1


@compiled
def _check_room(results, pe, place):
    """A result enters the registers the cycle before; two that have not left fill them."""
    if results.ready[pe, place] < results.taken[pe, 1] + 2:
        results.stalled[0] = True


@compiled
def _pop(results, pe, cycle):
    place = results.head[pe] & (results.ready.shape[1] - 1)
    half = results.half[pe, place]
    _check_room(results, pe, place)
    results.taken[pe, 1] = results.taken[pe, 0]
    results.taken[pe, 0] = cycle
    results.head[pe] += 1
    results.last[half] = max(results.last[half], cycle)


@compiled
def take_results(results, group, first, stop, horizon):
    """Take what reaches the arbiter of a group up to cycle `horizon`.

    Parameters
    ----------
    results : Results
        All queues; everything that is ready up to the horizon is in them.
    group, first, stop : int
        The group and its elements.
    horizon : int
        Last cycle played.
    """
    mask = results.ready.shape[1] - 1
    if results.stolen[group] == 0:
        for pe in range(first, stop):
            while results.head[pe] != results.tail[pe]:
                cycle = max(results.ready[pe, results.head[pe] & mask], results.taken[pe, 0] + 1)
                if cycle > horizon:
                    break
                _pop(results, pe, cycle)
        return
    while True:
        # The next cycle in which somebody stands before the arbiter.
        cycle = horizon + 1
        for pe in range(first, stop):
            if results.head[pe] != results.tail[pe]:
                ready = max(results.ready[pe, results.head[pe] & mask], results.taken[pe, 0] + 1)
                cycle = min(cycle, ready)
        if cycle > horizon:
            return
        _arbitrate(results, group, first, stop, cycle, mask)


@compiled
def _arbitrate(results, group, first, stop, cycle, mask):
    """One cycle: owners are taken, then of the thieves of each free bank the lowest number."""
    busy = np.uint64(0)
    for pe in range(first, stop):
        if results.head[pe] != results.tail[pe]:
            place = results.head[pe] & mask
            ready = max(results.ready[pe, place], results.taken[pe, 0] + 1)
            if ready <= cycle and results.bank[pe, place] == pe:
                busy |= np.uint64(1) << np.uint64(pe - first)
    owners = busy
    for pe in range(first, stop):
        if (owners >> np.uint64(pe - first)) & np.uint64(1):
            _pop(results, pe, cycle)
            continue
        if results.head[pe] == results.tail[pe]:
            continue
        place = results.head[pe] & mask
        ready = max(results.ready[pe, place], results.taken[pe, 0] + 1)
        bank = np.uint64(results.bank[pe, place] - first)
        if ready > cycle:
            continue
        if (busy >> bank) & np.uint64(1):
            # Refused: it stands there again in the next cycle.
            _check_room(results, pe, place)
            results.ready[pe, place] = cycle + 1
            continue
        busy |= np.uint64(1) << bank
        results.stolen[group] -= 1
        _pop(results, pe, cycle)
