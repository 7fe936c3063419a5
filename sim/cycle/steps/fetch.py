"""One cycle of the row fetchers and of the scheduler."""

from __future__ import annotations

import numpy as np

from grus.bits import count_ones
from grus.compiled import borrowing
from grus.sim.cycle.steps.state import (
    BACK,
    BANK,
    BEGAN,
    COUNTER,
    FRONT,
    ITEM_TAIL,
    ITEMS,
    ON_ITS_WAY,
    PLACE,
    REFUSED,
    ROW,
    ROW_TAIL,
    ROWS,
    STOP,
    TOOK,
    WORKS,
)

__all__ = ["fetch_rows", "schedule"]


@borrowing
def fetch_rows(stepped, work, first, stop, asks):
    """Requests of owners, then those of thieves; returns who finishes a work-item."""
    finished = busy = np.uint64(0)
    for thieves in range(2):
        for pe in range(first, stop):
            element = stepped.pe[pe]
            mark = np.uint64(1) << np.uint64(pe - first)
            if not asks & mark or (element[BANK] != pe) != bool(thieves):
                continue
            bank = np.uint64(1) << np.uint64(element[BANK] - first)
            if busy & bank:
                element[REFUSED] += 1
                continue
            busy |= bank
            last = element[ROW] == element[STOP] - 1
            row = stepped.rows[pe, element[ROW_TAIL] % ROWS]
            row[0] = _count_row(work, element[ROW], element[PLACE])
            row[1], row[2], row[3], row[4] = (
                last,
                element[REFUSED],
                element[TOOK],
                element[BEGAN],
            )
            element[ROW_TAIL] += 1
            element[ON_ITS_WAY] = 1
            element[ROW] += 1
            element[REFUSED], element[TOOK] = 0, -1
            if last:
                finished |= mark
    return finished


@borrowing
def _count_row(work, row, place):
    """Effectual pairs of a row with the inputs from word `place` on."""
    hits = np.uint64(0)
    for word in range(work.first_word[row], work.first_word[row + 1]):
        hits += count_ones(work.inputs[place + work.offset[word]] & work.mask[word])
    return np.int64(hits)


@borrowing
def schedule(stepped, array, work, first, stop, finished, cycle):
    """Elements take their next work-item, or one of the slowest element's."""
    highest, slowest, idle = -1, 0, -1
    for pe in range(first, stop):
        counter = stepped.pe[pe, COUNTER]
        if counter >= highest:
            highest, slowest = counter, pe
        if idle < 0 and counter == np.int64((finished >> np.uint64(pe - first)) & np.uint64(1)):
            idle = pe
    ends = np.int64((finished >> np.uint64(slowest - first)) & np.uint64(1))
    for pe in range(first, stop):
        element = stepped.pe[pe]
        finishes = bool((finished >> np.uint64(pe - first)) & np.uint64(1))
        works = element[WORKS]
        element[COUNTER] -= finishes
        if finishes:
            element[WORKS] = 0
            if len(stepped.log):
                stepped.log[stepped.logged[pe], 6] = cycle
        if element[FRONT] < element[BACK] and (not works or finishes):
            _take(stepped, array, work, pe, pe, element[FRONT], cycle, bool(works))
            element[FRONT] += 1
    if stepped.round[6] and idle >= 0 and highest - ends > 1:
        works = (finished >> np.uint64(idle - first)) & np.uint64(1)
        stepped.pe[slowest, BACK] -= 1
        stepped.pe[slowest, COUNTER] -= 1
        stepped.pe[idle, COUNTER] += 1
        stepped.clock[2] += 1
        item = stepped.pe[slowest, BACK]
        _take(stepped, array, work, idle, slowest, item, cycle, bool(works))


@borrowing
def _take(stepped, array, work, pe, bank, item, cycle, works):
    """An element, idle unless it `works`, takes a work-item of a bank."""
    element, this = stepped.pe[pe], stepped.round
    per_column = (this[2] - bank + array.pes - 1) // array.pes
    kernel = this[1] + item % per_column * array.pes + bank
    element[WORKS] = 1
    element[ROW], element[STOP] = work.first_row[kernel], work.first_row[kernel + 1]
    element[PLACE] = this[4] + item // per_column
    element[BANK] = bank
    element[TOOK], element[BEGAN] = -1 if works else cycle, this[0]
    under_way = stepped.items[pe, element[ITEM_TAIL] % ITEMS]
    under_way[0], under_way[1], under_way[2] = bank, this[5], this[7]
    element[ITEM_TAIL] += 1
    if len(stepped.log):
        _log(stepped, pe, bank, kernel, item // per_column, cycle)


@borrowing
def _log(stepped, pe, bank, kernel, column, cycle):
    place = stepped.logged[pe] = stepped.logged[-1]
    entry = stepped.log[place]
    entry[0], entry[1], entry[2], entry[3] = pe, bank, kernel, column
    entry[4], entry[5] = stepped.round[0], cycle
    stepped.logged[-1] += 1
