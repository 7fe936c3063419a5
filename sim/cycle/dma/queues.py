"""The accelerator's queues; what enters or leaves one counts from the next cycle on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing

__all__ = [
    "BEATS",
    "BIAS_BLOCKS",
    "BIAS_JOBS",
    "BLOCKS",
    "BURSTS",
    "CHUNKS",
    "COUNT_JOBS",
    "COUNT_RUNS",
    "GRANTS",
    "KERNEL_VECTORS",
    "LOADS",
    "OUTPUTS",
    "QUEUES",
    "RESIDENT_JOBS",
    "ROUNDS",
    "ROWS",
    "RUNS",
    "SEGMENTS",
    "TO_BIASES",
    "TO_CORE",
    "TO_REGIONS",
    "TO_RESIDENT",
    "TO_RESULTS",
    "UNANSWERED",
    "VECTORS",
    "WRITE_BURSTS",
    "commit",
    "entries_of",
    "front",
    "has_room",
    "is_waiting",
    "new_queues",
    "pop",
    "push",
]

# Queues: tiles' numbers in front of each part of the machine and of the core, then bursts, and what
# the readers and the output unit have to do.
(
    TO_CORE,
    TO_RESIDENT,
    TO_BIASES,
    TO_REGIONS,
    TO_RESULTS,
    BLOCKS,
    LOADS,
    ROUNDS,
    BIAS_BLOCKS,
    OUTPUTS,
    GRANTS,
    BURSTS,
    RESIDENT_JOBS,
    BIAS_JOBS,
    COUNT_JOBS,
    ROWS,
    COUNT_RUNS,
    RUNS,
    SEGMENTS,
    BEATS,
    KERNEL_VECTORS,
    VECTORS,
    CHUNKS,
    WRITE_BURSTS,
    UNANSWERED,
    QUEUES,
) = range(26)
_PLACES = 64
_FIELDS = 16  # of an entry
_LEVEL, _HEAD, _PUSHED, _POPPED, _DEPTH = range(5)


def new_queues(outstanding: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Empty queues of the depths that the hardware has."""
    queues = np.zeros((QUEUES, 5), np.int64)
    queues[:, _DEPTH] = 2
    queues[[RESIDENT_JOBS, BIAS_JOBS], _DEPTH] = 3
    queues[[COUNT_JOBS, ROWS], _DEPTH] = 4
    queues[[RUNS, SEGMENTS], _DEPTH] = 2 * outstanding + 4
    queues[GRANTS, _DEPTH] = outstanding + 4
    queues[[BURSTS, UNANSWERED], _DEPTH] = max(2, outstanding)
    return queues, np.zeros((QUEUES, _PLACES, _FIELDS), np.int64)


@borrowing
def is_waiting(queues, queue):
    """An entry can leave."""
    return queues[queue, _LEVEL] > 0


@borrowing
def entries_of(queues, queue):
    """How many there are."""
    return queues[queue, _LEVEL]


@borrowing
def has_room(queues, queue):
    """An entry can enter."""
    return queues[queue, _LEVEL] < queues[queue, _DEPTH]


@borrowing
def front(queues, entries, queue, field):
    """A field of the first entry."""
    return entries[queue, queues[queue, _HEAD], field]


@borrowing
def push(queues, entries, queue, fields):
    """An entry enters."""
    state = queues[queue]
    state[_PUSHED] = 1
    place = (state[_HEAD] + state[_LEVEL]) % _PLACES
    for field in range(len(fields)):
        entries[queue, place, field] = fields[field]


@borrowing
def pop(queues, queue):
    """The first entry leaves."""
    queues[queue, _POPPED] = 1


@borrowing
def commit(queues):
    """The cycle ends."""
    for queue in range(QUEUES):
        state = queues[queue]
        state[_LEVEL] += state[_PUSHED] - state[_POPPED]
        state[_HEAD] = (state[_HEAD] + state[_POPPED]) % _PLACES
        state[_PUSHED] = state[_POPPED] = 0
