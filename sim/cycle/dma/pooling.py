"""Pooling in one cycle: vectors join their windows; rows of windows leave."""

from __future__ import annotations

from grus.compiled import borrowing
from grus.sim.cycle.core.output import count_windows

__all__ = ["POOLING_FIELDS", "offer_pooled", "pool_vector", "pooling_busy", "start_pooling"]

# The state; visits of the vector at hand, its group, column, and phase in the column's windows; the
# row: the window that begins last, its phase, its number in the tile, rows beyond the map; the
# window visited and its offset. The way out: words still to be read, whether one is read, cycles of
# the division, whether its result is there; vectors that have left.
(
    STATE,
    VISITS,
    GROUP,
    COLUMN,
    COLUMN_PHASE,
    ROW_WINDOW,
    ROW_PHASE,
    TILE_ROW,
    BEYOND,
    WINDOW,
    OFFSET,
    TO_READ,
    FETCHED,
    DIVIDING,
    DIVIDED,
    LEFT,
    POOLING_FIELDS,
) = range(17)
_ADD, _FIND, _LEAVE, _NEXT = range(4)


@borrowing
def start_pooling(acc, shape):
    """A tile begins in the next cycle."""
    state = acc.pooling
    state[TILE_ROW] = state[BEYOND] = state[LEFT] = 0
    state[COLUMN] = state[GROUP] = state[VISITS] = 0
    state[COLUMN_PHASE] = shape[14]
    if shape[4]:
        state[ROW_WINDOW], state[ROW_PHASE] = shape[12], shape[13]


@borrowing
def pooling_busy(acc):
    """Vectors of the tile are still to leave."""
    state = acc.pooling
    out = state[TO_READ] or state[FETCHED] or state[DIVIDING] or state[DIVIDED]
    return state[STATE] != _ADD or out != 0


@borrowing
def offer_pooled(acc, shape):
    """Number of the vector that is offered, or -1, and whether it ends its position."""
    state = acc.pooling
    if not state[DIVIDED if shape[3] == 2 else FETCHED]:
        return -1, False
    return state[LEFT], state[LEFT] % shape[2] == shape[2] - 1


@borrowing
def pool_vector(acc, shape, word, taken):
    """Move on; returns whether the vector that comes is taken.

    Parameters
    ----------
    acc : Accelerator
        The machine.
    shape : ndarray of int64
        The tile's fields of :class:`OutputShape`.
    word : int
        The vector that comes, or -1.
    taken : bool
        The vector that is offered is taken.
    """
    state = acc.pooling
    done, exit_starts, enters = _move_exit(state, shape, taken), False, False
    if state[STATE] == _ADD:
        enters = word >= 0 and _add(state, shape)
    elif state[STATE] == _FIND:
        exit_starts = _find(state, shape)
    elif state[STATE] == _LEAVE:
        if done:
            state[STATE] = _NEXT
    else:
        _go_on(state, shape)
    if exit_starts:
        state[TO_READ] = shape[7] * shape[2]
    return enters


@borrowing
def _move_exit(state, shape, taken):
    """Read the next word of the row, if the one before leaves; returns whether all are read."""
    leaves = taken
    if shape[3] == 2:
        idle = not state[DIVIDING] and not state[DIVIDED]
        leaves = state[FETCHED] and idle
        if taken:
            state[DIVIDED] = 0
        if state[DIVIDING]:
            state[DIVIDING] -= 1
            state[DIVIDED] = state[DIVIDING] == 0
        if leaves:
            state[DIVIDING] = shape[19] - 2
    state[LEFT] += taken
    free = not state[FETCHED] or leaves
    done = not state[TO_READ] and free
    if free:
        state[FETCHED] = state[TO_READ] > 0
        state[TO_READ] -= state[FETCHED]
    return done


@borrowing
def _add(state, shape):
    """A vector visits a window; returns whether it was the last."""
    visits = count_windows(state[ROW_PHASE], shape[8], shape[10])
    visits *= count_windows(state[COLUMN_PHASE], shape[9], shape[11])
    state[VISITS] += 1
    if state[VISITS] != visits:
        return False
    state[VISITS] = 0
    state[GROUP] += 1
    if state[GROUP] == shape[2]:
        state[GROUP] = 0
        state[COLUMN] += 1
        state[COLUMN_PHASE] += 1
        if state[COLUMN_PHASE] == shape[11]:
            state[COLUMN_PHASE] = 0
        if state[COLUMN] == shape[1]:
            state[COLUMN], state[COLUMN_PHASE] = 0, shape[14]
            state[STATE] = _FIND
            state[WINDOW], state[OFFSET] = state[ROW_WINDOW], state[ROW_PHASE]
    return True


@borrowing
def _find(state, shape):
    """Look at a window of the row; returns whether it is complete and leaves."""
    completed = state[OFFSET] == shape[8] - 1
    if completed and 0 <= state[WINDOW] < shape[6]:
        state[STATE] = _LEAVE
        return True
    if not completed and state[OFFSET] + shape[10] < shape[8]:
        state[OFFSET] += shape[10]
        state[WINDOW] -= 1
    else:
        state[STATE] = _NEXT
    return False


@borrowing
def _go_on(state, shape):
    """The row is done; windows that reach beyond the last one are completed by none."""
    state[ROW_PHASE] += 1
    if state[ROW_PHASE] == shape[10]:
        state[ROW_PHASE] = 0
        state[ROW_WINDOW] += 1
    state[WINDOW], state[OFFSET] = state[ROW_WINDOW], state[ROW_PHASE]
    state[STATE] = _ADD
    if shape[5] and state[TILE_ROW] >= shape[0] - 1 and state[BEYOND] != shape[8] - 1:
        state[BEYOND] += 1
        state[STATE] = _FIND
    state[TILE_ROW] += 1
