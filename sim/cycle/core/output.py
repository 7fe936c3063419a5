"""The output unit: when each word of sums is read, and when the last vector has left."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from grus.compiled import borrowing

__all__ = [
    "OUTPUT_STATE",
    "OutputShape",
    "count_windows",
    "drain_words",
    "end_results",
    "end_tile",
    "start_tile",
]

# Fields of the unit's state.
READ = 0  # last word is read
ADDED = 1  # last vector enters the requantiser, moves to its second and its third stage, leaves it
SHIFTED = 2
CLIPPED = 3
TAKEN = 4
FREE = 5  # the pooling can take a vector
DIVIDED = 6  # the divider is free again
ROW_WINDOW = 7  # of the window that begins last in the row at hand
ROW_PHASE = 8
TILE_ROW = 9
BEYOND = 10
COLUMN = 11
COLUMN_PHASE = 12
GROUP = 13
ZEROS = 14  # of the encoded segment since its last pair
SEGMENT_GROUP = 15
SENT = 16  # last vector is taken by the buffer in front of the encoder
ENCODED = 17  # it leaves that, and the one before it does
ENCODED_BEFORE = 18
NEXT_VECTOR = 19  # of the pooled result
OUTPUT_STATE = 20


class OutputShape(NamedTuple):
    """What the output unit does with the sums of one tile.

    Attributes
    ----------
    rows, columns, items : int
        Output rows and columns, lane groups of a position.
    kind : int
        Pooling: 0 none, 1 maximum, 2 average.
    first, last : bool
        The tile holds the map's first, or last, row.
    pooled_rows, pooled_columns : int
        Windows of the map, and of this tile.
    kernel_rows, kernel_columns, stride_rows, stride_columns : int
        Windows.
    top_window, top_phase, left_phase : int
        Where windows stand at the edges.
    segment_groups, dense : int
        Lane groups of an encoded segment; whether zeros become pairs.
    lanes, run, division : int
        Processing elements; positions of the longest pair; cycles of a division.
    """

    rows: int
    columns: int
    items: int
    kind: int
    first: bool
    last: bool
    pooled_rows: int
    pooled_columns: int
    kernel_rows: int
    kernel_columns: int
    stride_rows: int
    stride_columns: int
    top_window: int
    top_phase: int
    left_phase: int
    segment_groups: int
    dense: bool
    lanes: int
    run: int
    division: int


@borrowing
def start_tile(state, shape, cycle):
    """The unit turns to a tile in `cycle`."""
    state[FREE] = max(state[FREE], cycle + 1)
    state[TILE_ROW] = state[BEYOND] = 0
    state[COLUMN] = state[GROUP] = 0
    state[COLUMN_PHASE] = shape.left_phase
    state[NEXT_VECTOR] = 0
    if shape.first:
        state[ROW_WINDOW] = shape.top_window
        state[ROW_PHASE] = shape.top_phase


@borrowing
def drain_words(state, shape, vectors, first, count, begin):
    """Drain `count` words, the first of them not before `begin`.

    Parameters
    ----------
    state : ndarray of int64
        The unit.
    shape : OutputShape
        The tile.
    vectors : ndarray of uint64
        Lanes of each vector of the tile's result that are not zero, in order.
    first : int
        Words of the tile drained before.
    count, begin : int
        Words; earliest cycle.

    Returns
    -------
    tuple of int
        Cycle in which the last word is read, and in which it is taken from the RAM's register.
    """
    read = max(begin, state[READ] + 1) - 1
    for word in range(first, first + count):
        read = max(read + 1, state[ADDED])
        added = max(read + 1, state[SHIFTED])
        shifted = max(added + 1, state[CLIPPED])
        clipped = max(shifted + 1, state[TAKEN])
        if shape.kind == 0:
            last = (word + 1) % shape.items == 0
            taken = _encode(state, shape, vectors[word], max(clipped + 1, state[TAKEN] + 1), last)
        else:
            taken = _pool(state, shape, vectors, clipped + 1)
        state[ADDED], state[SHIFTED], state[CLIPPED] = added, shifted, clipped
        state[TAKEN] = taken
    state[READ] = read
    return read, state[ADDED]


@borrowing
def end_tile(state, shape):
    """Cycle in which the tile's last vector has left the requantiser and the pooling."""
    if shape.kind == 0:
        return state[TAKEN] + 1
    done = max(state[TAKEN] + 1, state[FREE])
    return max(done, state[DIVIDED]) if shape.kind == 2 else done


@borrowing
def end_results(state):
    """Cycle in which the last beat leaves."""
    return state[ENCODED] + 1


@borrowing
def _encode(state, shape, vector, cycle, last_group):
    """When the buffer of the encoder takes a vector that it is offered in `cycle`."""
    state[SENT] = max(cycle, state[ENCODED_BEFORE] + 1)
    leaves = max(state[SENT], state[ENCODED]) + 1 + _pay(state, shape, vector, last_group)
    state[ENCODED_BEFORE], state[ENCODED] = state[ENCODED], leaves
    return state[SENT]


@borrowing
def _pay(state, shape, vector, last_group):
    """Cycles in which the encoder pays the fillers owed for the vectors before this one."""
    if shape.dense:
        return 0
    cycles = 0
    if vector:
        owed = state[ZEROS] // shape.run
        cycles = -(-owed // shape.lanes)
        highest = shape.lanes - 1
        while not (vector >> np.uint64(highest)) & np.uint64(1):
            highest -= 1
        state[ZEROS] = shape.lanes - 1 - highest
    else:
        state[ZEROS] += shape.lanes
    state[SEGMENT_GROUP] += 1
    if last_group or state[SEGMENT_GROUP] == shape.segment_groups:
        state[SEGMENT_GROUP] = state[ZEROS] = 0
    return cycles


@borrowing
def count_windows(phase, kernel, stride):
    """Windows visited at a coordinate."""
    visits = 1
    while phase + stride < kernel:
        phase += stride
        visits += 1
    return visits


@borrowing
def _pool(state, shape, vectors, cycle):
    """The pooling is offered a vector in `cycle`; returns when it takes it."""
    visits = count_windows(state[ROW_PHASE], shape.kernel_rows, shape.stride_rows)
    visits *= count_windows(state[COLUMN_PHASE], shape.kernel_columns, shape.stride_columns)
    taken = max(cycle, state[FREE]) + visits - 1
    state[FREE] = taken + 1
    state[GROUP] += 1
    if state[GROUP] == shape.items:
        state[GROUP] = 0
        state[COLUMN] += 1
        state[COLUMN_PHASE] += 1
        if state[COLUMN_PHASE] == shape.stride_columns:
            state[COLUMN_PHASE] = 0
        if state[COLUMN] == shape.columns:
            state[COLUMN] = 0
            state[COLUMN_PHASE] = shape.left_phase
            _end_row(state, shape, vectors, taken + 1)
    return taken


@borrowing
def _end_row(state, shape, vectors, cycle):
    """Find the windows that a row completes, from `cycle` on; let them leave; go on."""
    while True:
        offset, window = state[ROW_PHASE], state[ROW_WINDOW]
        while offset != shape.kernel_rows - 1 and offset + shape.stride_rows < shape.kernel_rows:
            offset += shape.stride_rows
            window -= 1
            cycle += 1
        if offset == shape.kernel_rows - 1 and 0 <= window < shape.pooled_rows:
            cycle = _leave(state, shape, vectors, cycle)
        cycle += 1  # the state NEXT
        state[ROW_PHASE] += 1
        if state[ROW_PHASE] == shape.stride_rows:
            state[ROW_PHASE] = 0
            state[ROW_WINDOW] += 1
        ends = shape.last and state[TILE_ROW] >= shape.rows - 1
        state[TILE_ROW] += 1
        if ends and state[BEYOND] != shape.kernel_rows - 1:
            state[BEYOND] += 1
            cycle += 1
        else:
            state[FREE] = cycle + 1
            return


@borrowing
def _leave(state, shape, vectors, found):
    """A row of windows, found complete in cycle `found`, leaves; returns the cycle of the end."""
    cycle = found + 2  # the first word is fetched
    for _ in range(shape.pooled_columns):
        for group in range(shape.items):
            vector = vectors[state[NEXT_VECTOR]]
            state[NEXT_VECTOR] += 1
            last = group == shape.items - 1
            if shape.kind == 1:
                cycle = _encode(state, shape, vector, max(cycle, state[SENT] + 1), last) + 1
            else:
                begin = max(cycle, state[DIVIDED])
                sent = _encode(state, shape, vector, begin + shape.division - 1, last)
                state[DIVIDED] = sent + 1
                cycle = begin + 1
    return cycle - 1
