"""Results on their way to memory: the tensor writer."""

from __future__ import annotations

from grus.compiled import borrowing
from grus.sim.cycle.dma.encode import BEAT, BEAT_LAST, BEAT_PAIRS
from grus.sim.cycle.dma.output import ENCODER
from grus.sim.cycle.dma.queues import TO_RESULTS, front, is_waiting, pop
from grus.sim.cycle.dma.tiles import (
    RESULT_BASE,
    RESULT_COLUMNS,
    RESULT_COUNT_BASE,
    RESULT_COUNT_PART_STRIDE,
    RESULT_COUNT_ROW_STRIDE,
    RESULT_DENSE,
    RESULT_FIRST_COLUMN,
    RESULT_FIRST_PART,
    RESULT_FIRST_ROW,
    RESULT_LAST_LENGTH,
    RESULT_LENGTH,
    RESULT_PART_STRIDE,
    RESULT_PARTS,
    RESULT_PIXEL_STRIDE,
    RESULT_ROW_STRIDE,
    RESULT_ROWS,
)

__all__ = ["WRITER_FIELDS", "write_results", "writer_idle"]

# The walker: its state, cycles of the product at hand, part, column and row; the place that it
# offers: whether there is one, address, address of the counter, length, dense, joins. The packer:
# slots held and skipped, format, whether a run goes on, and ends. Pairs of the segment so far; the
# run's address; a counter that waits, whether words come before it, its address.
(
    STATE,
    PRODUCT,
    PART,
    COLUMN,
    ROW,
    PLACED,
    ADDRESS,
    COUNT_ADDRESS,
    LENGTH,
    DENSE,
    JOINS,
    HELD,
    SKIPPED,
    PACKS_DENSE,
    BEGUN,
    ENDING,
    SEEN,
    RUN_ADDRESS,
    COUNTS,
    WORDS_FIRST,
    COUNTER_ADDRESS,
    WRITER_FIELDS,
) = range(22)
_IDLE, _COLUMN, _PART, _ROW, _WALK = range(5)


@borrowing
def writer_idle(acc):
    """All that was asked for has left."""
    state = acc.writer
    return not (
        is_waiting(acc.queues, TO_RESULTS) or state[PLACED] or _packed(acc) or state[COUNTS]
    )


@borrowing
def _word(acc):
    return acc.bus.dense if acc.writer[PACKS_DENSE] else acc.bus.encoded


@borrowing
def _packed(acc):
    """The packer offers a word."""
    return acc.writer[HELD] > _word(acc) or acc.writer[ENDING] != 0


@borrowing
def write_results(acc, ready):
    """The writer for one cycle.

    Parameters
    ----------
    acc : Accelerator
        The machine.
    ready : bool
        The write engine takes a word.

    Returns
    -------
    tuple
        Whether a beat of results is taken; whether a word is offered, its address, whether it ends
        its run.
    """
    state = acc.writer
    due = state[COUNTS] != 0 and not state[WORDS_FIRST]
    packed = _packed(acc)
    surplus = state[HELD] > _word(acc)
    word = (
        due or packed,
        state[COUNTER_ADDRESS] if due else state[RUN_ADDRESS],
        due or not surplus,
    )
    count_leaves = due and ready
    leave = packed and ready and not due
    beat, last = acc.output[ENCODER + BEAT] != 0, acc.output[ENCODER + BEAT_LAST] != 0
    kept = state[HELD]
    if leave:
        kept = state[HELD] - _word(acc) if surplus else 0
    room = (leave and not surplus) if state[ENDING] else kept <= _word(acc)
    offered = beat and state[PLACED] and (not last or not state[COUNTS] or count_leaves)
    enter = offered and room
    counted = enter and last and not state[DENSE]
    if leave:
        state[HELD], state[SKIPPED] = kept, 0
        state[ENDING] = state[ENDING] and surplus
    total = 0
    if enter:
        total = _enter(acc, last, kept)
    if counted:
        state[COUNTS], state[WORDS_FIRST] = 1, total != 0
        state[COUNTER_ADDRESS] = state[COUNT_ADDRESS]
    else:
        if count_leaves:
            state[COUNTS] = 0
        if leave and not surplus:
            state[WORDS_FIRST] = 0
    _walk(acc, not state[PLACED] or (enter and last))
    return enter, word


@borrowing
def _enter(acc, last, kept):
    """A beat enters the packer; returns the pairs of its segment so far."""
    state, bus = acc.writer, acc.bus
    total = min(state[SEEN] + acc.output[ENCODER + BEAT_PAIRS], state[LENGTH])
    used = total - state[SEEN]
    ends = last and not (state[JOINS] and total == state[LENGTH])
    skip = state[ADDRESS] % bus.word_bytes // bus.value_bytes if state[DENSE] else 0
    if not state[BEGUN]:
        state[RUN_ADDRESS] = state[ADDRESS]
        state[PACKS_DENSE], state[SKIPPED] = state[DENSE], skip
        kept = skip
    empty = kept + used == state[SKIPPED]
    state[HELD] = 0 if ends and empty else kept + used
    state[ENDING] = ends and not empty
    state[BEGUN] = not ends
    state[SEEN] = 0 if last else total
    return total


@borrowing
def _walk(acc, ready):
    """The walker: products for the tile's first place, then one place after the other."""
    state = acc.writer
    if ready:
        state[PLACED] = 0
    if not is_waiting(acc.queues, TO_RESULTS):
        return
    tile = acc.tiles[front(acc.queues, acc.entries, TO_RESULTS, 0)]
    if not (tile[RESULT_ROWS] and tile[RESULT_COLUMNS] and tile[RESULT_PARTS]):
        pop(acc.queues, TO_RESULTS)
    elif state[STATE] == _WALK:
        if ready:
            _place(acc, tile)
    elif state[STATE] == _IDLE:
        state[STATE], state[PRODUCT] = _COLUMN, tile[RESULT_FIRST_COLUMN]
    elif state[PRODUCT]:
        state[PRODUCT] >>= 1
    elif state[STATE] == _COLUMN:
        state[STATE], state[PRODUCT] = _PART, tile[RESULT_FIRST_PART]
    elif state[STATE] == _PART:
        state[STATE], state[PRODUCT] = _ROW, tile[RESULT_FIRST_ROW]
    else:
        state[STATE] = _WALK
        state[PART] = state[COLUMN] = state[ROW] = 0


@borrowing
def _place(acc, tile):
    """Offer the next place."""
    state = acc.writer
    part, row = tile[RESULT_FIRST_PART] + state[PART], tile[RESULT_FIRST_ROW] + state[ROW]
    column = tile[RESULT_FIRST_COLUMN] + state[COLUMN]
    final = state[PART] == tile[RESULT_PARTS] - 1
    length = tile[RESULT_LAST_LENGTH] if final else tile[RESULT_LENGTH]
    step = length * acc.bus.value_bytes if tile[RESULT_DENSE] else tile[RESULT_PIXEL_STRIDE]
    address = tile[RESULT_BASE] + part * tile[RESULT_PART_STRIDE] + row * tile[RESULT_ROW_STRIDE]
    counter = tile[RESULT_COUNT_BASE] + part * tile[RESULT_COUNT_PART_STRIDE]
    state[PLACED], state[ADDRESS] = 1, address + column * step
    state[COUNT_ADDRESS] = counter + row * tile[RESULT_COUNT_ROW_STRIDE] + column
    state[LENGTH], state[DENSE] = length, tile[RESULT_DENSE]
    state[JOINS] = (
        tile[RESULT_DENSE] and tile[RESULT_PARTS] == 1 and state[COLUMN] != tile[RESULT_COLUMNS] - 1
    )
    state[PART] += 1
    if final:
        state[PART] = 0
        state[COLUMN] += 1
    if state[COLUMN] == tile[RESULT_COLUMNS]:
        state[COLUMN] = 0
        state[ROW] += 1
    if state[ROW] == tile[RESULT_ROWS]:
        state[STATE] = _IDLE
        pop(acc.queues, TO_RESULTS)
