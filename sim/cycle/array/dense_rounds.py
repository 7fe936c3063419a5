"""A round of elements that own their kernels and multiply zeros of the inputs: Cambricon-X."""

from __future__ import annotations

import numpy as np

from grus.compiled import inlined
from grus.sim.cycle.array.hits import LAST_ROW
from grus.sim.cycle.array.lanes import GATHERED, TAKEN
from grus.sim.cycle.rounds.dealt import rows_before
from grus.sim.cycle.rounds.element import ACTIVE, BUSY, MACS
from grus.sim.cycle.rounds.timeline import book_idle

__all__ = ["DENSE_FETCH_CYCLES", "play_dense_round"]

# From a row's read to the counters.
DENSE_FETCH_CYCLES = 3
# From a row's read to its operands, which need the window.
_GATHER_CYCLES = 2


@inlined
def play_dense_round(array, work, this, patch_half, states, lanes, timeline, length):
    """Play a round: each row of an element's kernels takes it one cycle.

    Returns
    -------
    int
        When the last row was read.
    """
    hits = lanes.hits.rows
    finished = this.start
    for pe in range(array.pes):
        before, behind = rows_before(work.dealt, this.load, pe, array.pes)
        rows = (behind - before) * this.columns
        if rows:
            state = states[pe]
            idle = this.start + array.fetch_cycles - state[ACTIVE]
            book_idle(state, timeline, length, this.start, idle)
            macs = 0
            place = this.hits + before * this.columns
            for row in range(place, place + rows):
                macs += np.int64(hits[row]) & (LAST_ROW - 1)
            state[BUSY] += rows
            state[MACS] += macs
            state[ACTIVE] = this.start + rows + array.fetch_cycles
            finished = max(finished, this.start + rows)
    gathered = finished + _GATHER_CYCLES
    lanes.counts[GATHERED + patch_half] = gathered
    lanes.counts[TAKEN + this.half] = gathered + array.latency
    return finished
