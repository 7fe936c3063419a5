"""A layer on the machine: tiles and rounds, one after the other, each at its cycle."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import borrowing, inlined
from grus.sim.cycle.array.hits import Hits, count_tile, new_hits
from grus.sim.cycle.core.drains import add_chunk, drain_tiles, drain_until, is_drained, new_drains
from grus.sim.cycle.core.engine import (
    LONG_AGO,
    close_engine,
    compute_round,
    keep_counters,
    new_engine,
    patch_gathered,
)
from grus.sim.cycle.core.front import admit_tile, leave_tile, new_front
from grus.sim.cycle.core.layer import Layer
from grus.sim.cycle.core.output import end_results
from grus.sim.cycle.rounds.element import BROADCAST, MEMORY, OUTPUT, RESIDENT_FETCH
from grus.sim.cycle.rounds.timeline import append_interval
from grus.sim.cycle.rounds.work import Array, Round, Work

__all__ = ["Played", "count_region", "play_layer", "room_for_hits"]

# Fields of the walk over rounds.
STEP = 0  # when the last patch was read
FINISHED = 1  # when the last work-item of the last round was finished
PLAYED = 2  # rounds
CHUNK = 3  # halves of the output RAM filled
STEALS = 4
STARTED = 5  # of the last two rounds: their starts
WALK = 7


class Played(NamedTuple):
    """How a layer went.

    Attributes
    ----------
    states : ndarray of int64, shape (elements, STATE)
        The elements' counters.
    cycles, rounds, steals, tiles : int
        The machine's.
    """

    states: NDArray[np.int64]
    cycles: int
    rounds: int
    steals: int
    tiles: int


def play_layer(
    array: Array,
    layer: Layer,
    work: Work,
    one_by_one: bool,
    log: NDArray[np.int64] | None = None,
) -> Played:
    """Play a layer from reset.

    Parameters
    ----------
    array, layer, work : Array, Layer, Work
        The design's sizes, the layer, its operands.
    one_by_one : bool
        Go element by element, not all at once: slower, and the same.
    log : ndarray of int64, shape (work-items, LOG_FIELDS), optional
        Takes what becomes of each work-item, if it goes element by element.

    Returns
    -------
    Played
        What happened.
    """
    slices = layer.blocks[:, 2][:, None]
    rounds = layer.regions[:, 1] * layer.regions[:, 2]
    tiles = int(slices.sum()) * len(rounds)
    chunks = int(np.where(slices > 1, 1, -(-rounds // layer.chunk_rounds)).sum())
    hits = room_for_hits(layer, work, array.pes)
    engine = new_engine(array, work, one_by_one, hits, int((slices * rounds).sum()))
    if log is not None:
        engine = engine._replace(stepped=engine.stepped._replace(log=log))
    drains, front = new_drains(chunks, tiles), new_front(tiles)
    walk = np.zeros(WALK, np.int64)
    cycles = _play_tiles(engine, layer, drains, front, walk)
    return Played(
        states=engine.states,
        cycles=cycles,
        rounds=int(walk[PLAYED]),
        steals=int(walk[STEALS]),
        tiles=tiles,
    )


def room_for_hits(layer: Layer, work: Work, pes: int) -> Hits:
    """Room for the hits of any tile of a layer."""
    _, rows, strips, _, width = layer.regions.T
    most = int(work.dealt.rows.max()) * int((rows * strips * width).max())
    return new_hits(pes, int((strips * width).max()), most)


@borrowing
def count_region(engine, layer, region, load, place):
    """Count the hits of a tile, whose first inputs are at word `place`, for its rounds."""
    if engine.one_by_one:
        return
    _, rows, strips, last_width, width = layer.regions[region]
    columns = (strips - 1) * width + last_width
    pitch, hits = layer.row_pitch, engine.lanes.hits
    count_tile(engine.work, engine.array.pes, load, place, pitch, rows, columns, width, hits)


@borrowing
def _play_tiles(engine, layer, drains, front, walk):
    """All tiles; returns the cycles."""
    walk[STEP] = walk[FINISHED] = walk[STARTED] = walk[STARTED + 1] = LONG_AGO
    drained = -1
    for block in range(len(layer.blocks)):
        slices = layer.blocks[block, 2]
        for region in range(len(layer.regions)):
            for index in range(slices):
                begin = admit_tile(
                    front, drains, engine, layer, block, region, index, walk[STEP], walk[FINISHED]
                )
                drained += index == slices - 1
                _play_tile(engine, drains, layer, walk, block, region, index, begin, drained)
                leave_tile(front, walk[STEP])
                keep_counters(engine)
    done = max(drain_tiles(drains, engine, layer, drained), end_results(drains.unit))
    append_interval(engine.timeline, engine.length, done, MEMORY)
    close_engine(engine, done)
    return done + 1


@borrowing
def _play_tile(engine, drains, layer, walk, block, region, index, begin, drained):
    """The rounds of a tile that begins in cycle `begin`; `drained` is its number if it drains."""
    kernels, first_load, slices, items = layer.blocks[block]
    load = first_load + index
    drain = index == slices - 1
    place, rows, strips, last_width, width = layer.regions[region]
    place += layer.loads[load, 1]
    count_region(engine, layer, region, load, place)
    hits = 0
    hits_of_round = width * engine.work.dealt.rows[load]
    # Sums that wait for further slices stay in the output RAM until the region is done.
    chunk_rounds = layer.chunk_rounds if slices == 1 else rows * strips
    chunk_round = words = 0
    for row in range(rows):
        for strip in range(strips):
            columns = last_width if strip == strips - 1 else width
            last = row == rows - 1 and strip == strips - 1
            chunk_round += 1
            words += columns * items
            ends = last or chunk_round == chunk_rounds
            patch_words = layer.patch_words[load, columns]
            start = _offer_round(
                engine, drains, layer, walk, begin, row + strip == 0, ends and drain, patch_words
            )
            this = Round(
                start,
                load,
                engine.work.first_kernel[load],
                kernels,
                columns,
                place + row * layer.row_pitch + strip * width,
                hits,
                walk[CHUNK] % 2,
                layer.steal,
            )
            walk[STARTED + walk[PLAYED] % 2] = start
            walk[FINISHED], steals = compute_round(engine, this, walk[PLAYED] % 2)
            hits += hits_of_round
            walk[PLAYED] += 1
            walk[STEALS] += steals
            if ends:
                if drain:
                    add_chunk(drains, words, drained, walk[STEP])
                    walk[CHUNK] += 1
                chunk_round = words = 0


@inlined
def _offer_round(engine, drains, layer, walk, begin, first, fills, patch_words):
    """Read the patch of a round when all it needs has room; returns the round's start.

    Parameters
    ----------
    engine, drains, layer, walk
        The machine.
    begin : int
        When the tile began.
    first, fills : bool
        Whether it is the tile's first round, and whether a half of the output RAM is full with it.
    patch_words : int
        Words of the patch.
    """
    half, chunk = walk[PLAYED] % 2, walk[CHUNK]
    patch = max(walk[STEP], begin, patch_gathered(engine, half), walk[STARTED + half]) + 1
    room = layer.cleared
    if chunk >= 2:
        if not is_drained(drains, chunk - 2):
            drain_until(drains, engine, layer, chunk - 2)
        room = drains.chunk[chunk - 2, 4]
        if fills:  # and a place in the queue of chunks
            patch = max(patch, drains.chunk[chunk - 2, 3] + 1)
    walk[STEP] = max(patch, room) + patch_words - 1
    start = max(walk[STEP] + 1, walk[FINISHED])
    if start > walk[FINISHED]:  # the array waits
        timeline, length = engine.timeline, engine.length
        if first:
            append_interval(timeline, length, begin, MEMORY)
        append_interval(timeline, length, min(room - 1, walk[STEP]), OUTPUT)
        append_interval(timeline, length, walk[STEP], BROADCAST)
        append_interval(timeline, length, start, RESIDENT_FETCH)
    return start
