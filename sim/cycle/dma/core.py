"""The core's dispatcher and round sequencer; rounds are played by the array as they begin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing
from grus.sim.cycle.core.engine import LONG_AGO, compute_round, keep_counters, patch_gathered
from grus.sim.cycle.core.machine import count_region
from grus.sim.cycle.dma.queues import (
    BIAS_BLOCKS,
    BLOCKS,
    CHUNKS,
    LOADS,
    OUTPUTS,
    ROUNDS,
    TO_CORE,
    front,
    has_room,
    is_waiting,
    pop,
    push,
)
from grus.sim.cycle.dma.resident import RESIDENT_FILLED, RESIDENT_FREE
from grus.sim.cycle.dma.segments import BROADCAST_FILLED, BROADCAST_FREE
from grus.sim.cycle.dma.state import NOT_FREE
from grus.sim.cycle.dma.tiles import (
    BLOCK,
    DRAINS,
    LOAD,
    LOADS_BIASES,
    LOADS_RESIDENT,
    REGION,
)
from grus.sim.cycle.rounds.element import BROADCAST, MEMORY, OUTPUT, RESIDENT_FETCH
from grus.sim.cycle.rounds.timeline import append_interval
from grus.sim.cycle.rounds.work import Round

__all__ = [
    "CORE_FIELDS",
    "FINISHED",
    "HALF_FREE",
    "PLAYED",
    "STEALS",
    "dispatch_tile",
    "new_core",
    "sequence_rounds",
]

# The tile at hand: whether it is begun and when; its row and strip; words and rounds of the chunk;
# the patch: whether it is read, and its words still to come. Of the walk: chunks, rounds, steals,
# loads in use; when the last round is finished, and those of each half were started; when each half
# of the output RAM is free.
(
    BEGUN,
    BEGIN,
    ROW,
    STRIP,
    CHUNK_ROUND,
    CHUNK_WORDS,
    READING,
    WORDS_LEFT,
    CHUNK,
    PLAYED,
    STEALS,
    RESIDENT_USED,
    BROADCAST_USED,
    FINISHED,
    STARTED,
    _STARTED_1,
    HALF_FREE,
    _HALF_FREE_1,
    CORE_FIELDS,
) = range(19)


def new_core(warm: bool) -> NDArray[np.int64]:
    """A core at rest; a `warm` one has loads of the layer before in use."""
    core = np.zeros(CORE_FIELDS, np.int64)
    core[[FINISHED, STARTED, _STARTED_1, HALF_FREE, _HALF_FREE_1]] = LONG_AGO
    core[[RESIDENT_USED, BROADCAST_USED]] = warm
    return core


@borrowing
def dispatch_tile(acc):
    """A tile goes to the parts that it concerns, when all have room."""
    if not is_waiting(acc.queues, TO_CORE):
        return
    for queue in (BLOCKS, LOADS, ROUNDS, BIAS_BLOCKS, OUTPUTS):
        if not has_room(acc.queues, queue):
            return
    number = front(acc.queues, acc.entries, TO_CORE, 0)
    tile = acc.tiles[number]
    pop(acc.queues, TO_CORE)
    push(acc.queues, acc.entries, LOADS, (number,))
    push(acc.queues, acc.entries, ROUNDS, (number,))
    if tile[LOADS_RESIDENT]:
        push(acc.queues, acc.entries, BLOCKS, (number,))
    if tile[DRAINS]:
        push(acc.queues, acc.entries, OUTPUTS, (number,))
        if tile[LOADS_BIASES]:
            push(acc.queues, acc.entries, BIAS_BLOCKS, (number,))


@borrowing
def sequence_rounds(acc, walk, cycle):
    """Begin a tile, or read a word of a patch; with its last word a round is played."""
    if not is_waiting(acc.queues, ROUNDS):
        return
    core, tile = acc.core, acc.tiles[front(acc.queues, acc.entries, ROUNDS, 0)]
    if not core[BEGUN]:
        _begin_tile(acc, tile, cycle)
        return
    if not core[READING]:
        if not _can_read(acc, walk, tile, cycle):
            return
        core[READING] = 1
        core[WORDS_LEFT] = walk.layer.patch_words[tile[LOAD], _columns(acc.core, walk.layer, tile)]
    core[WORDS_LEFT] -= 1
    if core[WORDS_LEFT] == 0:
        core[READING] = 0
        _play(acc, walk, tile, cycle)


@borrowing
def _begin_tile(acc, tile, cycle):
    core = acc.core
    resident = core[RESIDENT_USED] + tile[LOADS_RESIDENT]
    if acc.resident[RESIDENT_FILLED] < resident:
        return
    if acc.segments[BROADCAST_FILLED] <= core[BROADCAST_USED]:
        return
    # The halves used so far are left; a resident one is needed until its last round is finished.
    if tile[LOADS_RESIDENT] and core[RESIDENT_USED]:
        half = RESIDENT_FREE + (core[RESIDENT_USED] + 1) % 2
        acc.resident[half] = max(cycle, core[FINISHED]) + 2
    if core[BROADCAST_USED]:
        acc.segments[BROADCAST_FREE + (core[BROADCAST_USED] + 1) % 2] = cycle + 2
    core[RESIDENT_USED] = resident
    core[BROADCAST_USED] += 1
    core[BEGUN], core[BEGIN] = 1, cycle
    core[ROW] = core[STRIP] = core[CHUNK_ROUND] = core[CHUNK_WORDS] = 0


@borrowing
def _columns(core, layer, tile):
    """Columns of the strip at hand."""
    _, _, strips, last_width, width = layer.regions[tile[REGION]]
    return last_width if core[STRIP] == strips - 1 else width


@borrowing
def _fills(core, layer, tile):
    """The round at hand fills a half of the output RAM; whether it is its tile's last."""
    _, rows, strips, _, _ = layer.regions[tile[REGION]]
    # Sums that wait for further slices stay in the output RAM until the region is done.
    chunk_rounds = layer.chunk_rounds
    if layer.blocks[tile[BLOCK], 2] > 1:
        chunk_rounds = rows * strips
    last = core[ROW] == rows - 1 and core[STRIP] == strips - 1
    return last or core[CHUNK_ROUND] == chunk_rounds - 1, last


@borrowing
def _can_read(acc, walk, tile, cycle):
    core = acc.core
    half = core[PLAYED] % 2
    if core[STARTED + half] >= cycle or core[HALF_FREE + core[CHUNK] % 2] > cycle:
        return False
    fills, _ = _fills(acc.core, walk.layer, tile)
    if fills and tile[DRAINS] and not has_room(acc.queues, CHUNKS):
        return False
    return patch_gathered(walk.engine, half) < cycle


@borrowing
def _play(acc, walk, tile, cycle):
    """The last word of a patch is read: its round begins when the one before is finished."""
    core, layer, engine = acc.core, walk.layer, walk.engine
    place, _, strips, _, width = layer.regions[tile[REGION]]
    columns = _columns(acc.core, walk.layer, tile)
    fills, last = _fills(acc.core, walk.layer, tile)
    outputs, _, _, items = layer.blocks[tile[BLOCK]]
    start = max(cycle + 1, core[FINISHED])
    if start > core[FINISHED]:
        _book_waiting(acc.core, engine, start, cycle)
    load = tile[LOAD]
    place += layer.loads[load, 1]
    if core[ROW] + core[STRIP] == 0:
        count_region(engine, layer, tile[REGION], load, place)
    this = Round(
        start,
        load,
        engine.work.first_kernel[load],
        outputs,
        columns,
        place + core[ROW] * layer.row_pitch + core[STRIP] * width,
        (core[ROW] * strips + core[STRIP]) * width * engine.work.dealt.rows[load],
        core[CHUNK] % 2,
        layer.steal,
    )
    core[STARTED + core[PLAYED] % 2] = start
    core[FINISHED], steals = compute_round(engine, this, core[PLAYED] % 2)
    core[PLAYED] += 1
    core[STEALS] += steals
    core[CHUNK_ROUND] += 1
    core[CHUNK_WORDS] += columns * items
    if fills:
        if tile[DRAINS]:
            push(
                acc.queues,
                acc.entries,
                CHUNKS,
                (core[CHUNK_WORDS], 1 if last else 0, core[CHUNK] % 2),
            )
            core[HALF_FREE + core[CHUNK] % 2] = NOT_FREE  # until it is drained
            core[CHUNK] += 1
        core[CHUNK_ROUND] = core[CHUNK_WORDS] = 0
    core[STRIP] += 1
    if core[STRIP] == strips:
        core[STRIP] = 0
        core[ROW] += 1
    if last:
        keep_counters(engine)
        core[BEGUN] = 0
        pop(acc.queues, ROUNDS)


@borrowing
def _book_waiting(core, engine, start, cycle):
    """What the array waited for until the round's start."""
    timeline, length = engine.timeline, engine.length
    if core[ROW] + core[STRIP] == 0:
        append_interval(timeline, length, core[BEGIN], MEMORY)
    room = core[HALF_FREE + core[CHUNK] % 2]
    append_interval(timeline, length, min(room - 1, cycle), OUTPUT)
    append_interval(timeline, length, cycle, BROADCAST)
    append_interval(timeline, length, start, RESIDENT_FETCH)
