"""Tiles on their way in: when each is dispatched, loaded, and begun."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing, compiled
from grus.sim.cycle.core.drains import add_tile, bias_loaded, drain_tiles
from grus.sim.cycle.core.engine import LONG_AGO

__all__ = ["Front", "admit_tile", "leave_tile", "new_front"]

# Queues of the tile dispatcher, each two places deep.
BLOCKS, LOADS, ROUNDS, BIASES, OUTPUTS = range(5)
QUEUES = 5
DEPTH = 2


class Front(NamedTuple):
    """Tiles so far; times are clock cycles.

    Attributes
    ----------
    left : ndarray of int64, shape (QUEUES, tiles)
        When each entry left its queue of the dispatcher.
    entered : ndarray of int64, shape (QUEUES,)
        Entries so far.
    resident_free, broadcast_free : ndarray of int64, shape (2,)
        Cycle from which on the halves of the RAMs can be filled.
    dispatched : ndarray of int64, shape (1,)
        When the last tile was dispatched.
    """

    left: NDArray[np.int64]
    entered: NDArray[np.int64]
    resident_free: NDArray[np.int64]
    broadcast_free: NDArray[np.int64]
    dispatched: NDArray[np.int64]


@compiled
def new_front(tiles):
    """No tile yet."""
    return Front(
        np.zeros((QUEUES, tiles), np.int64),
        np.zeros(QUEUES, np.int64),
        np.full(2, LONG_AGO),
        np.full(2, LONG_AGO),
        np.full(1, np.int64(-1)),
    )


@borrowing
def admit_tile(front, drains, engine, layer, block, region, index, step, finished):
    """Dispatch a tile and load its operands; returns the cycle in which it begins.

    Parameters
    ----------
    front, drains, engine, layer : Front, Drains, Engine, Layer
        The machine.
    block, region, index : int
        The tile: its block, its region, its slice of the block.
    step, finished : int
        When the last patch before was read, and when the last round before was finished.
    """
    outputs, first_load, slices, _ = layer.blocks[block]
    load = first_load + index
    drain = index == slices - 1
    loads_resident = region == 0 or slices > 1
    biases = outputs if drain and region == 0 else 0
    dispatched = _dispatch(front, drains, engine, layer)
    begin = max(dispatched + 1, step + 1)
    if loads_resident:
        beats = layer.loads[load, 2]
        begin = max(begin, _load(front, BLOCKS, front.resident_free, dispatched, beats))
    cycles = layer.region_cycles[region, layer.loads[load, 0]]
    begin = max(begin, _load(front, LOADS, front.broadcast_free, dispatched, cycles))
    # The halves used so far are left now; a resident one is free when its last round is finished.
    if front.entered[LOADS]:
        front.broadcast_free[(front.entered[LOADS] + 1) % 2] = begin + 2
    front.entered[LOADS] += 1
    if loads_resident:
        if front.entered[BLOCKS]:
            front.resident_free[(front.entered[BLOCKS] + 1) % 2] = max(begin, finished) + 2
        front.entered[BLOCKS] += 1
    if drain:
        add_tile(drains, block, region, dispatched, biases)
        front.entered[OUTPUTS] += 1
        front.entered[BIASES] += biases > 0
    return begin


@borrowing
def leave_tile(front, step):
    """A tile's last patch is read in cycle `step`."""
    front.left[ROUNDS, front.entered[ROUNDS]] = step
    front.entered[ROUNDS] += 1


@borrowing
def _dispatch(front, drains, engine, layer):
    """A tile is dispatched when all queues have room, whether it concerns them or not."""
    dispatched = front.dispatched[0] + 1
    for queue in range(QUEUES):
        before = front.entered[queue] - DEPTH
        if before >= 0:
            if queue == OUTPUTS:
                front.left[queue, before] = drain_tiles(drains, engine, layer, before)
            elif queue == BIASES:
                front.left[queue, before] = bias_loaded(drains, before)
            dispatched = max(dispatched, front.left[queue, before] + 1)
    front.dispatched[0] = dispatched
    return dispatched


@borrowing
def _load(front, queue, free, dispatched, cycles):
    """Fill the next half of a RAM; returns the cycle from which on it is full."""
    entry = front.entered[queue]
    first = max(dispatched + 1, free[entry % 2])
    if entry:
        first = max(first, front.left[queue, entry - 1] + 1)
    front.left[queue, entry] = first + cycles - 1
    return first + cycles
