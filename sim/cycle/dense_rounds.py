"""A round of elements that own their kernels and multiply zeros of the inputs: Cambricon-X."""

from __future__ import annotations

from grus.compiled import compiled
from grus.sim.cycle.element import ACTIVE, BUSY, MACS
from grus.sim.cycle.timeline import book_idle
from grus.sim.cycle.work import count_round

__all__ = ["DENSE_FETCH_CYCLES", "play_dense_round"]

# From a row's read to the counters.
DENSE_FETCH_CYCLES = 3
# From a row's read to its operands, which need the window.
_GATHER_CYCLES = 2


@compiled
def play_dense_round(array, work, this, states, scratch, results, timeline, length):
    """Play a round: each row of an element's kernels takes it one cycle.

    Parameters and values are those of :func:`play_round`, but that nothing is stolen.
    """
    count_round(work, this, scratch.hits)
    first_row = work.first_row
    first_counted = first_row[this.kernel]
    finished = this.start
    for pe in range(array.pes):
        rows = hits = 0
        for kernel in range(this.kernel + pe, this.kernel + this.kernels, array.pes):
            for row in range(first_row[kernel], first_row[kernel + 1]):
                rows += this.columns
                for column in range(this.columns):
                    hits += scratch.hits[column, row - first_counted]
        if rows:
            state = states[pe]
            idle = this.start + array.fetch_cycles - state[ACTIVE]
            book_idle(state, timeline, length, this.start, idle)
            state[BUSY] += rows
            state[MACS] += hits
            state[ACTIVE] = this.start + rows + array.fetch_cycles
            finished = max(finished, this.start + rows)
    gathered = finished + _GATHER_CYCLES
    results.last[this.half] = gathered + array.latency
    return finished, gathered
