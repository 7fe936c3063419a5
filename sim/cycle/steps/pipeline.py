"""One cycle of what lies behind the row registers, to the output RAM."""

from __future__ import annotations

import numpy as np

from grus.compiled import borrowing
from grus.sim.cycle.rounds.element import ACTIVE, BUSY, CONFLICT, MACS
from grus.sim.cycle.rounds.timeline import book_bubbles
from grus.sim.cycle.steps.state import (
    ENDED,
    GATHER_HEAD,
    HELD,
    ITEMS,
    JOINING,
    LOCATED,
    MATCHED,
    ON_ITS_WAY,
    PAIRS,
    PRODUCTS,
    REGISTERS,
    RESULT_HEAD,
    RESULT_REGISTERS,
    ROW_HEAD,
    ROWS,
    TOTAL,
    TREE,
    TREE_LAST,
    WAITING,
)

__all__ = ["move_pipeline", "take_waiting"]


@borrowing
def take_waiting(stepped, first, stop):
    """Owners first, then of the thieves of each bank the lowest number; returns who was taken."""
    taken = busy = np.uint64(0)
    for thieves in range(2):
        for pe in range(first, stop):
            element = stepped.pe[pe]
            if not element[WAITING]:
                continue
            bank = stepped.items[pe, element[RESULT_HEAD] % ITEMS, 0]
            mark = np.uint64(1) << np.uint64(bank - first)
            if (bank != pe) == bool(thieves) and not busy & mark:
                busy |= mark
                taken |= np.uint64(1) << np.uint64(pe - first)
    return taken


@borrowing
def move_pipeline(stepped, array, pe, taken, cycle, state, timeline, length):
    """Everything behind the row registers moves on as far as it can."""
    element = stepped.pe[pe]
    registers_ready = element[WAITING] != RESULT_REGISTERS
    total_ready = not element[TOTAL] or registers_ready
    levels = array.latency - 4
    top = (element[TREE] >> (levels - 1)) & 1
    advance = not top or total_ready
    products_ready = not element[PRODUCTS] or advance
    held_ready = not element[HELD] or products_ready

    valid = element[JOINING] and (element[ENDED] or element[PAIRS] >= array.multipliers)
    leave = valid and held_ready
    last = element[ENDED] and element[PAIRS] <= array.multipliers
    leaving = min(element[PAIRS], array.multipliers) if leave else 0
    left = element[PAIRS] - leaving
    done = leave and last
    ready = not element[JOINING] or done or (not element[ENDED] and left < array.multipliers)
    enter = element[MATCHED] and ready
    row = stepped.rows[pe, element[ROW_HEAD] % ROWS]
    if valid or enter:
        bubbles = cycle - state[ACTIVE] - 1
        if bubbles:
            book_bubbles(state, timeline, length, bubbles, row[2], row[3], row[4])
        state[CONFLICT if valid and not leave else BUSY] += 1
        state[MACS] += leaving
        state[ACTIVE] = cycle

    if taken:
        half = stepped.items[pe, element[RESULT_HEAD] % ITEMS, 1]
        element[RESULT_HEAD] += 1
        stepped.untaken[half] -= 1
        stepped.taken[half] = cycle
    element[WAITING] += (element[TOTAL] and registers_ready) - taken
    if total_ready:
        element[TOTAL] = (element[TREE_LAST] >> (levels - 1)) & 1
    if advance:
        mask = (1 << levels) - 1
        element[TREE] = ((element[TREE] << 1) | (element[PRODUCTS] != 0)) & mask
        element[TREE_LAST] = ((element[TREE_LAST] << 1) | (element[PRODUCTS] == 2)) & mask
    if products_ready:
        element[PRODUCTS] = element[HELD]
    if held_ready:
        element[HELD] = (2 if last else 1) if leave else 0
    if done:
        half = stepped.items[pe, element[GATHER_HEAD] % ITEMS, 2]
        element[GATHER_HEAD] += 1
        stepped.ungathered[half] -= 1
        stepped.gathered[half] = cycle

    element[PAIRS] = left
    if enter:
        element[PAIRS] += row[0]
        element[JOINING], element[ENDED] = 1, row[1]
        element[ROW_HEAD] += 1
    elif done:
        element[JOINING] = 0
    matcher_ready = not element[MATCHED] or ready
    locator_ready = not element[LOCATED] or matcher_ready
    if matcher_ready:
        element[MATCHED] = element[LOCATED]
    if locator_ready:
        element[LOCATED] = element[REGISTERS] > 0
        element[REGISTERS] -= element[LOCATED]
    element[REGISTERS] += element[ON_ITS_WAY]
    element[ON_ITS_WAY] = 0
