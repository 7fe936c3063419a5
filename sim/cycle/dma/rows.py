"""Regions of the inputs, cut into rows: the tensor reader's walker."""

from __future__ import annotations

from grus.compiled import borrowing
from grus.sim.cycle.dma.queues import (
    COUNT_RUNS,
    ROWS,
    TO_REGIONS,
    front,
    has_room,
    is_waiting,
    pop,
    push,
)
from grus.sim.cycle.dma.tiles import (
    FIRST_PART,
    MAP_BASE,
    MAP_COLUMNS,
    MAP_COUNT_BASE,
    MAP_COUNT_PART_STRIDE,
    MAP_COUNT_ROW_STRIDE,
    MAP_DENSE,
    MAP_FIRST_COLUMN,
    MAP_FIRST_ROW,
    MAP_LAST_LENGTH,
    MAP_LENGTH,
    MAP_PART_STRIDE,
    MAP_PARTS,
    MAP_PIXEL_STRIDE,
    MAP_ROW_STRIDE,
    MAP_ROWS,
    REGION_COLUMNS,
    REGION_ROWS,
)

__all__ = ["ROWS_FIELDS", "walk_rows"]

# Its state, the part, the row, cycles until the products are there.
STATE, PART, ROW, PRODUCTS, ROWS_FIELDS = range(5)
_REGION, _PART, _PRODUCTS, _ROWS = range(4)


@borrowing
def walk_rows(acc):
    """One cycle: products for a part, then its rows."""
    state = acc.rows
    if state[STATE] == _REGION:
        state[PART] = 0
        if is_waiting(acc.queues, TO_REGIONS):
            state[STATE] = _PART
        return
    tile = acc.tiles[front(acc.queues, acc.entries, TO_REGIONS, 0)]
    first, columns = tile[MAP_FIRST_COLUMN], tile[REGION_COLUMNS]
    before, start = max(-first, 0), max(first, 0)
    inside = max(min(first + columns, tile[MAP_COLUMNS]) - start, 0)
    if state[STATE] == _PART:
        largest = max(max(tile[MAP_FIRST_ROW], 0), max(before, start), inside)
        state[PRODUCTS] = 0
        while largest >> state[PRODUCTS]:
            state[PRODUCTS] += 1
        state[STATE] = _PRODUCTS
    elif state[STATE] == _PRODUCTS:
        if state[PRODUCTS] == 0:
            state[STATE], state[ROW] = _ROWS, 0
        state[PRODUCTS] -= 1
    elif _offer_row(acc, tile, before, start, inside):
        state[ROW] += 1
        if state[ROW] == tile[REGION_ROWS]:
            state[PART] += 1
            state[STATE] = _PART
            if state[PART] == tile[MAP_PARTS]:
                state[STATE] = _REGION
                pop(acc.queues, TO_REGIONS)


@borrowing
def _offer_row(acc, tile, before, start, inside):
    """Offer a row, and its counters; returns whether both are taken."""
    part, dense = acc.rows[PART], tile[MAP_DENSE]
    map_row = tile[MAP_FIRST_ROW] + acc.rows[ROW]
    there = 0 <= map_row < tile[MAP_ROWS] and inside != 0
    counted = there and not dense
    if not has_room(acc.queues, ROWS) or (counted and not has_room(acc.queues, COUNT_RUNS)):
        return False
    length = tile[MAP_LAST_LENGTH] if part == tile[MAP_PARTS] - 1 else tile[MAP_LENGTH]
    step = length * acc.bus.value_bytes if dense else tile[MAP_PIXEL_STRIDE]
    place = tile[MAP_BASE] + part * tile[MAP_PART_STRIDE] + start * step
    place += max(map_row, 0) * tile[MAP_ROW_STRIDE]
    whole = dense and tile[MAP_PARTS] == 1
    columns = 1 if whole else tile[REGION_COLUMNS]
    push(
        acc.queues,
        acc.entries,
        ROWS,
        (
            place,
            dense,
            1 if whole else 0,
            columns,
            before if there else tile[REGION_COLUMNS],
            inside if there else 0,
            before * length if there and whole else 0,
            inside * length if there and dense else 0,
            length,
            tile[FIRST_PART] + part,
            map_row,
            start,
            tile[MAP_PIXEL_STRIDE],
        ),
    )
    if counted:
        counts = tile[MAP_COUNT_BASE] + part * tile[MAP_COUNT_PART_STRIDE]
        counts += map_row * tile[MAP_COUNT_ROW_STRIDE] + start
        push(
            acc.queues,
            acc.entries,
            COUNT_RUNS,
            (counts, inside, tile[FIRST_PART] + part, map_row, start),
        )
    return True
