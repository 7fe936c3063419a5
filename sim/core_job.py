"""What is played through a core, and what comes back, as files between two processes."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from amaranth.hdl import signed
from numpy.typing import NDArray

from grus.compiler.program import Program
from grus.golden.segments import Segments, decode_segments
from grus.hw.config import CraneConfig
from grus.hw.core.tile import TileLayout
from grus.hw.layouts import BeatLayout
from grus.sim.payload import nested, pack, unpack

__all__ = ["CoreAnswer", "CoreJob", "job_of", "load", "result_of", "save"]


class CoreJob(NamedTuple):
    """Everything that goes into a core.

    Attributes
    ----------
    config : dict
        Parameters of the design.
    streams : dict of str to list of int
        Payloads of the streams ``tiles``, ``resident``, ``broadcast``, ``biases``.
    segments : int
        Segments to wait for at ``results``.
    gap, stall : float
        Chance that a source pauses, and that the sink refuses, in a cycle.
    timeout : int
        Cycles after which the core counts as stuck.
    """

    config: dict[str, Any]
    streams: dict[str, list[int]]
    segments: int
    gap: float = 0.0
    stall: float = 0.0
    timeout: int = 10_000_000


class CoreAnswer(NamedTuple):
    """Everything that came out.

    Attributes
    ----------
    results : list of int
        Beats in order.
    counters : list of int
        All counters by address.
    errors : int
        Error flags.
    cycles : int
        Clock cycles from reset to the last result.
    """

    results: list[int]
    counters: list[int]
    errors: int
    cycles: int


def save(things: Sequence[NamedTuple], path: Path) -> None:
    """Write jobs or answers."""
    path.write_bytes(pickle.dumps([tuple(thing) for thing in things]))


def load(kind: type, path: Path) -> list[Any]:
    """Read jobs or answers back."""
    return [kind(*thing) for thing in pickle.loads(path.read_bytes())]


def job_of(program: Program, config: CraneConfig, **options: Any) -> CoreJob:
    """Streams of a program.

    Parameters
    ----------
    program : Program
        A layer, cut into tiles.
    config : CraneConfig
        The design.
    **options
        Further fields of :class:`CoreJob`.
    """
    tile = TileLayout(config)
    streams: dict[str, list[int]] = {"tiles": [], "resident": [], "broadcast": [], "biases": []}
    segments = 0
    for entry in program.tiles:
        streams["tiles"] += pack(tile, nested(entry.descriptor), 1)
        if entry.resident is not None:
            streams["resident"] += beats_of(entry.resident, config)
        if entry.broadcast is not None:
            streams["broadcast"] += beats_of(entry.broadcast, config)
        if entry.biases is not None:
            mask = (1 << signed(config.accumulator_bits).width) - 1
            streams["biases"] += [int(bias) & mask for bias in entry.biases]
        segments += entry.drained.pixels if entry.drained is not None else 0
    return CoreJob(config.to_dict(), streams, segments, **options)


def beats_of(segments: Segments, config: CraneConfig) -> list[int]:
    """Beats of encoded segments: full ones, and one at the end of each segment."""
    lanes = config.stream_pairs
    counts = segments.counters
    beats = np.maximum(-(-counts // lanes), 1)
    segment = np.repeat(np.arange(len(counts)), beats)
    first_beat = np.cumsum(beats) - beats
    place = np.arange(len(segment)) - first_beat[segment]  # of the beat in its segment
    last = place == beats[segment] - 1
    used = np.where(last, counts[segment] - place * lanes, lanes)
    first_pair = (np.cumsum(counts) - counts)[segment] + place * lanes
    columns: dict[str, Any] = {
        "used": used,
        "last": last,
        "count": np.where(last, counts[segment], 0),
    }
    for lane in range(lanes):
        there = lane < used
        pair = np.where(there, first_pair + lane, 0)
        for field, pairs in (("value", segments.values), ("zeros", segments.zeros)):
            source = pairs if len(pairs) else np.zeros(1, np.int64)
            columns[f"pairs.{lane}.{field}"] = np.where(there, source[pair], 0)
    return pack(BeatLayout(config, lanes), columns, len(segment))


def segments_of(beats: list[int], config: CraneConfig) -> Segments:
    """Encoded segments of the core's results."""
    lanes = config.pes
    columns = unpack(BeatLayout(config, lanes), beats)
    there = np.arange(lanes)[None, :] < columns["used"][:, None]
    values = np.stack([columns[f"pairs.{lane}.value"] for lane in range(lanes)], axis=1)
    zeros = np.stack([columns[f"pairs.{lane}.zeros"] for lane in range(lanes)], axis=1)
    return Segments(columns["count"][columns["last"] == 1], values[there], zeros[there])


def result_of(program: Program, beats: list[int], config: CraneConfig) -> NDArray[np.int64]:
    """Put the tiles' results together.

    Returns
    -------
    ndarray of int64, shape (outputs, rows, columns)
        The layer's result.

    Raises
    ------
    ValueError
        If the beats contradict themselves, or are not those of the program.
    """
    segments = segments_of(beats, config)
    expected = sum(tile.drained.pixels for tile in program.tiles if tile.drained is not None)
    if len(segments.counters) != expected:
        raise ValueError(f"results must be {expected} segments, not {len(segments.counters)}")
    result = np.zeros_like(program.expected)
    start = pair = 0
    for tile in program.tiles:
        if tile.drained is None or not tile.drained.pixels:
            continue
        outputs, rows, columns = tile.drained
        counters = segments.counters[start : start + tile.drained.pixels]
        pairs = slice(pair, pair + int(counters.sum()))
        part = Segments(counters, segments.values[pairs], segments.zeros[pairs])
        start, pair = start + tile.drained.pixels, pairs.stop
        dense = decode_segments(part, outputs.length, index_bits=config.index_bits)
        block = dense.reshape(rows.length, columns.length, outputs.length).transpose(2, 0, 1)
        result[outputs.slice(), rows.slice(), columns.slice()] = block
    return result
