"""The accelerator around the array in one cycle: all that its parts share.

Functions of this room play a part for one cycle, from what its registers hold at the beginning.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.sim.cycle.core.engine import Engine
from grus.sim.cycle.core.layer import Layer

__all__ = [
    "BIASES",
    "CLIENTS",
    "COUNTS",
    "DESCRIPTORS",
    "NOT_FREE",
    "PIXELS",
    "RATE",
    "RESIDENT",
    "Accelerator",
    "Bus",
    "Walk",
    "new_loader",
]

# Clients of the read arbiter.
DESCRIPTORS, RESIDENT, BIASES, COUNTS, PIXELS, CLIENTS = range(6)

RATE = 1 << 16  # one word a cycle
NOT_FREE = 1 << 62  # when a half is free that nobody has given back yet


class Bus(NamedTuple):
    """What of design, bus and memory the timing depends on.

    Attributes
    ----------
    latency : int
        Of memory [cycles].
    rate : int
        Words that memory moves each way in `RATE` cycles.
    longest, page : int
        Words of the longest burst, and of a page.
    outstanding : int
        Bursts of each direction that may wait.
    read_buffer, write_buffer : int
        Words that the engines hold.
    word_bytes, value_bytes : int
        Bytes of a word and of a value.
    encoded, dense : int
        Slots of a word.
    pairs, pes, run_bits, lanes : int
        Pairs of a beat, processing elements, bits of a zero count, lanes of a broadcast word.
    descriptor, record_words : int
        First word of the descriptors, and words of each.
    end : int
        First word behind all maps.
    """

    latency: int
    rate: int
    longest: int
    page: int
    outstanding: int
    read_buffer: int
    write_buffer: int
    word_bytes: int
    value_bytes: int
    encoded: int
    dense: int
    pairs: int
    pes: int
    run_bits: int
    lanes: int
    descriptor: int
    record_words: int
    end: int


class Walk(NamedTuple):
    """The array, and the layer that it walks over: what only the core must know.

    Attributes
    ----------
    engine, layer : Engine, Layer
        Both.
    """

    engine: Engine
    layer: Layer


class Accelerator(NamedTuple):
    """All of the machine but the array, cycle by cycle.

    Attributes
    ----------
    bus : Bus
        Its numbers.
    tiles : ndarray of int64, shape (tiles, fields)
        Descriptors; see `dma_tiles`.
    counts : ndarray of int64, shape (parts, rows, columns)
        Pairs of each pixel of the inputs, part by part.
    inputs : ndarray of bool, shape (rows, columns, channels)
        Where inputs are not zero.
    kernels : ndarray of int64
        Of encoded kernels the pairs of each work-item, of dense ones whether each value is zero.
    queues, entries : ndarray of int64
        Queues: how full they are, and what is in them.
    ports, rings : ndarray of int64
        Ports of the clients, and the words that they hold: whether each is its request's last.
    bursts : ndarray of int64
        Reads and writes that memory has taken.
    read, control, resident, rows, tensor, segments : ndarray of int64
        Registers of the parts on the way in.
    core, output, pooling, writer, send : ndarray of int64
        Registers of the core, and of the parts on the way out.
    """

    bus: Bus
    tiles: NDArray[np.int64]
    counts: NDArray[np.int64]
    inputs: NDArray[np.bool_]
    kernels: NDArray[np.int64]
    queues: NDArray[np.int64]
    entries: NDArray[np.int64]
    ports: NDArray[np.int64]
    rings: NDArray[np.int64]
    bursts: NDArray[np.int64]
    read: NDArray[np.int64]
    control: NDArray[np.int64]
    resident: NDArray[np.int64]
    rows: NDArray[np.int64]
    tensor: NDArray[np.int64]
    segments: NDArray[np.int64]
    core: NDArray[np.int64]
    output: NDArray[np.int64]
    pooling: NDArray[np.int64]
    writer: NDArray[np.int64]
    send: NDArray[np.int64]


def new_loader(fields: int, half: int, free: int, filled: int, warm: bool) -> NDArray[np.int64]:
    """Registers at rest of a loader that fills halves in turn.

    Parameters
    ----------
    fields : int
        How many there are.
    half, free, filled : int
        Fields of the half to fill, of when the first half is free, of how many were filled.
    warm : bool
        The first half holds what was loaded last in the layer before, and still counts as in use.
    """
    state = np.zeros(fields, np.int64)
    if warm:
        state[half], state[free], state[filled] = 1, NOT_FREE, 1
    return state
