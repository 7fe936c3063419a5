"""cocotb testbench of hw.encoding.run_length_encoder; started by test_run_length_encoder.py."""

import random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles

from grus.golden.encoding import dense_segment, encode_segment
from grus.hw.config import CraneConfig
from grus.hw.encoding.run_length_encoder import VectorLayout
from grus.hw.layouts import BeatLayout
from tests.support.runner import parameters
from tests.support.streams import Source, Stream, reset
from tests.support.transfers import absorbed, pass_through

CONFIG, LANES = CraneConfig(**parameters()["config"]), parameters()["lanes"]
SHAPES = VectorLayout(CONFIG, LANES), BeatLayout(CONFIG, LANES)
LOWEST, HIGHEST = -(2 ** (CONFIG.data_bits - 1)), 2 ** (CONFIG.data_bits - 1) - 1
MOST_POSITIONS = CONFIG.broadcast_positions // LANES * LANES


def segment(positions, density):
    """A random segment, padded to whole vectors."""
    vectors = -(-positions // LANES)
    dense = np.zeros(vectors * LANES, np.int64)
    for position in range(positions):
        if random.random() < density:
            dense[position] = random.randint(LOWEST, HIGHEST)
    return dense


def vectors_of(dense, kept=None):
    """The segment as the encoder takes it; `kept` of its values, zeros too, if it is dense."""
    rows = dense.reshape(-1, LANES).tolist()
    return [
        {
            "values": row,
            "last": int(index == len(rows) - 1),
            "dense": int(kept is not None),
            "used": random.randint(0, LANES) if kept is None else min(kept - index * LANES, LANES),
        }
        for index, row in enumerate(rows)
    ]


def segments_of(beats):
    """Pairs and counter of each segment, as they came."""
    segments, pairs = [], []
    for beat in beats:
        assert beat["used"] or beat["last"], "a beat for nothing"
        pairs += beat["pairs"][: beat["used"]]
        if beat["last"]:
            segments.append((pairs, beat["count"]))
            pairs = []
    return segments


def golden(dense):
    encoded = encode_segment(dense, index_bits=CONFIG.index_bits)
    pairs = zip(encoded.values.tolist(), encoded.zeros.tolist(), strict=True)
    return [{"value": value, "zeros": zeros} for value, zeros in pairs], encoded.count


def schedule(dense):
    """Cycles, from the first vector's on, after which each beat of a segment comes.

    Also how many cycles the segment takes: one for each vector, and before a vector with a value
    as many as it takes to pay the fillers that the vectors before it owe.
    """
    pairs_before, beats, cycle = 0, [], 0
    rows = dense.reshape(-1, LANES)
    for index, row in enumerate(rows):
        pairs = pairs_before
        if row.any():
            pairs = encode_segment(dense[: (index + 1) * LANES], index_bits=CONFIG.index_bits).count
            own = own_pairs(dense, index)
            owed_beats = -(-(pairs - pairs_before - own) // LANES)
            beats += [cycle + n for n in range(owed_beats + 1)]
            cycle += owed_beats
        elif index == len(rows) - 1:
            beats.append(cycle)
        cycle += 1
        pairs_before = pairs
    return beats, cycle


def own_pairs(dense, index):
    """Pairs that stand on positions of vector `index`: its values, and fillers before them."""
    upto = dense[: (index + 1) * LANES]
    zeros = encode_segment(upto, index_bits=CONFIG.index_bits).zeros
    places = np.cumsum(zeros + 1) - 1
    return int((places >= index * LANES).sum())


async def encode(dut, denses, *, gap=0.0, stall=0.0):
    vectors = [vector for dense in denses for vector in vectors_of(dense)]
    beats = sum(len(schedule(dense)[0]) for dense in denses)
    transfers = await pass_through(dut, SHAPES, vectors, outputs=beats, gap=gap, stall=stall)
    assert segments_of([beat for _, beat in transfers]) == [golden(dense) for dense in denses]
    return transfers


@cocotb.test(timeout_time=200, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def encodes_every_density(dut, gap, stall):
    densities = (0.0, 0.02, 0.1, 0.3, 0.6, 1.0)
    denses = [
        segment(random.randint(1, MOST_POSITIONS // 2), random.choice(densities)) for _ in range(15)
    ]
    await encode(dut, denses, gap=gap, stall=stall)


@cocotb.test(timeout_time=200, timeout_unit="us")
async def encodes_the_limits(dut):
    """All zeros, no zeros, one value at either end, most negative values, longest segments."""
    last_only = segment(MOST_POSITIONS, 0.0)
    last_only[-1] = LOWEST
    first_only = segment(MOST_POSITIONS, 0.0)
    first_only[0] = HIGHEST
    full = np.full(MOST_POSITIONS, LOWEST)
    empty = segment(MOST_POSITIONS, 0.0)
    shortest = segment(1, 0.0)
    await encode(dut, [last_only, empty, first_only, shortest, full, shortest, last_only])


@cocotb.test(timeout_time=200, timeout_unit="us")
async def encodes_every_length_of_a_run(dut):
    """A value behind each number of zeros, from none to four full counts."""
    denses = []
    for zeros in range(min(4 * 2**CONFIG.index_bits, MOST_POSITIONS - 2)):
        dense = segment(zeros + 2, 0.0)
        dense[0] = dense[zeros + 1] = 1
        denses.append(dense)
    await encode(dut, denses, stall=0.2)


@cocotb.test(timeout_time=200, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def keeps_the_zeros_of_dense_segments(dut, gap, stall):
    """Segments of both kinds in turn at random; a dense one takes a cycle a vector."""
    vectors, expected, beats, cycles = [], [], 0, []
    for _ in range(20):
        positions, kept = random.randint(1, MOST_POSITIONS // 2), None
        values = segment(positions, random.choice([0.0, 0.1, 0.5]))
        if random.random() < 0.7:
            kept = positions
            pairs = dense_segment(values[:kept]).values.tolist()
            expected.append(([{"value": value, "zeros": 0} for value in pairs], kept))
            comes = list(range(len(values) // LANES))
            taken = len(comes)
        else:
            expected.append(golden(values))
            comes, taken = schedule(values)
        cycles += [2 + beats + cycle for cycle in comes]
        beats += taken
        vectors += vectors_of(values, kept)
    transfers = await pass_through(dut, SHAPES, vectors, outputs=len(cycles), gap=gap, stall=stall)
    assert segments_of([beat for _, beat in transfers]) == expected
    if not gap and not stall:
        assert [cycle for cycle, _ in transfers] == cycles


@cocotb.test(timeout_time=200, timeout_unit="us")
async def takes_the_cycles_that_it_promises(dut):
    denses = [segment(random.randint(1, MOST_POSITIONS), 0.07) for _ in range(10)]
    expected, start = [], 2
    for dense in denses:
        beats, cycles = schedule(dense)
        expected += [start + beat for beat in beats]
        start += cycles
    transfers = await encode(dut, denses)
    assert [cycle for cycle, _ in transfers] == expected


@cocotb.test(timeout_time=200, timeout_unit="us")
async def holds_one_beat_and_two_vectors(dut):
    full = vectors_of(np.full(5 * LANES, 1))
    assert await absorbed(dut, SHAPES, full) == 3


@cocotb.test(timeout_time=200, timeout_unit="us")
async def takes_vectors_without_pairs_while_stalled(dut):
    """They yield no beat, so there is nothing to wait for."""
    source = Source(Stream(dut, "i", SHAPES[0]))
    dut.o__ready.value = 0
    await reset(dut)
    one = {"values": [1] * LANES, "last": 0, "dense": 0, "used": 0}
    nothing = {**one, "values": [0] * LANES}
    sending = cocotb.start_soon(source.send_all([one, *[nothing] * 5]))
    await ClockCycles(dut.clk, 8)
    assert sending.done()
