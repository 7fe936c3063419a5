"""A layer on the whole accelerator, cycle by cycle; the array's rounds at once."""

from __future__ import annotations

import numpy as np

from grus.compiled import borrowing
from grus.sim.cycle.core.engine import close_engine
from grus.sim.cycle.dma.core import FINISHED, PLAYED, dispatch_tile, sequence_rounds
from grus.sim.cycle.dma.encode import BEAT
from grus.sim.cycle.dma.output import ENCODER, drain_sums, load_biases
from grus.sim.cycle.dma.queues import (
    BIAS_BLOCKS,
    BLOCKS,
    LOADS,
    OUTPUTS,
    ROUNDS,
    TO_BIASES,
    TO_CORE,
    TO_REGIONS,
    TO_RESIDENT,
    TO_RESULTS,
    VECTORS,
    commit,
    has_room,
    is_waiting,
    push,
)
from grus.sim.cycle.dma.read import (
    MOVED,
    ask,
    begin_reads,
    end_reads,
    port_ready,
    take_word,
    word_waits,
)
from grus.sim.cycle.dma.resident import read_kernels
from grus.sim.cycle.dma.rows import walk_rows
from grus.sim.cycle.dma.segments import load_maps
from grus.sim.cycle.dma.send import WRITTEN, engine_ready, move_writes, writes_idle
from grus.sim.cycle.dma.state import DESCRIPTORS
from grus.sim.cycle.dma.tensor import read_maps
from grus.sim.cycle.dma.tiles import BARRIER, DRAINS, LOADS_BIASES, LOADS_RESIDENT
from grus.sim.cycle.dma.write import write_results, writer_idle
from grus.sim.cycle.rounds.element import MEMORY
from grus.sim.cycle.rounds.timeline import append_interval

__all__ = ["CONTROL_FIELDS", "play_launch"]

# The controller: what it waits for, descriptors that have gone out.
STEP, GONE, CONTROL_FIELDS = range(3)
_REQUEST, _WORDS, _CHECK, _DISPATCH, _END = range(5)
# The register says start in cycle 1, and the controller asks in the next.
_FIRST_CYCLE = 2


@borrowing
def play_launch(acc, walk, patience):
    """Play a launch from a machine at rest.

    Parameters
    ----------
    acc, walk : Accelerator, Walk
        The machine.
    patience : int
        Cycles without a word or a round after which it counts as stuck.

    Returns
    -------
    int
        Cycles from start to interrupt, or -1 if it is stuck.
    """
    cycle, seen = _FIRST_CYCLE, np.int64(-1)
    while True:
        if _step(acc, walk, cycle):
            append_interval(walk.engine.timeline, walk.engine.length, cycle, MEMORY)
            close_engine(walk.engine, cycle)
            return cycle + 1
        if cycle % patience == 0:
            moved = acc.read[MOVED] + acc.send[WRITTEN] + acc.core[PLAYED]
            if moved == seen:
                return -1
            seen = moved
        cycle += 1


@borrowing
def _step(acc, walk, cycle):
    """One cycle; returns whether the launch ends with it."""
    begin_reads(acc, cycle)
    done = _control(acc, cycle)
    dispatch_tile(acc)
    sequence_rounds(acc, walk, cycle)
    taken, word = write_results(acc, engine_ready(acc))
    move_writes(acc, cycle, word[0], word[1], word[2])
    drain_sums(acc, walk, cycle, taken)
    load_biases(acc, cycle)
    read_kernels(acc, cycle)
    load_maps(acc, cycle)
    read_maps(acc)
    walk_rows(acc)
    end_reads(acc)
    commit(acc.queues)
    return done


@borrowing
def _control(acc, cycle):
    """The controller; returns whether the launch is over."""
    state, bus = acc.control, acc.bus
    if state[STEP] == _REQUEST:
        if port_ready(acc.ports, DESCRIPTORS):
            place = bus.descriptor + state[GONE] * bus.record_words
            ask(acc.ports, DESCRIPTORS, place, bus.record_words)
            state[STEP] = _WORDS
    elif state[STEP] == _WORDS:
        if word_waits(acc.ports, DESCRIPTORS) and take_word(acc.ports, DESCRIPTORS):
            state[STEP] = _CHECK
    elif state[STEP] == _CHECK:
        state[STEP] = _DISPATCH
    elif state[STEP] == _DISPATCH:
        _hand_out(acc, cycle)
    else:
        return _still(acc, cycle)
    return False


@borrowing
def _hand_out(acc, cycle):
    """A descriptor goes to all that it concerns, at once."""
    state = acc.control
    number = state[GONE]
    tile = acc.tiles[number]
    for queue in (TO_CORE, TO_RESIDENT, TO_BIASES, TO_REGIONS, TO_RESULTS):
        if not has_room(acc.queues, queue):
            return
    if tile[BARRIER] and not _still(acc, cycle):
        return
    push(acc.queues, acc.entries, TO_CORE, (number,))
    push(acc.queues, acc.entries, TO_REGIONS, (number,))
    if tile[LOADS_RESIDENT]:
        push(acc.queues, acc.entries, TO_RESIDENT, (number,))
    if tile[DRAINS]:
        push(acc.queues, acc.entries, TO_RESULTS, (number,))
        if tile[LOADS_BIASES]:
            push(acc.queues, acc.entries, TO_BIASES, (number,))
    state[GONE] += 1
    state[STEP] = _END if state[GONE] == len(acc.tiles) else _REQUEST


@borrowing
def _still(acc, cycle):
    """No part is at work, and all results are in memory."""
    for queue in (TO_CORE, TO_RESIDENT, TO_BIASES, TO_REGIONS, TO_RESULTS):
        if is_waiting(acc.queues, queue):
            return False
    for queue in (BLOCKS, LOADS, ROUNDS, BIAS_BLOCKS, OUTPUTS, VECTORS):
        if is_waiting(acc.queues, queue):
            return False
    if acc.output[ENCODER + BEAT] or acc.core[FINISHED] >= cycle:
        return False
    return writer_idle(acc) and writes_idle(acc)
