# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.output.requantiser; started by test_requantiser.py."""

import random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from grus.golden.formats import largest_bias, requantise, signed_range
from grus.hw.config import CraneConfig
from grus.hw.output.requantiser import Requantiser
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

CONFIG = CraneConfig(**parameters()["config"])
LANES, GROUPS, BITS = CONFIG.pes, CONFIG.resident_rows, CONFIG.data_bits
LARGEST = largest_bias(BITS, CONFIG.max_terms)  # of a bias, and of what the products add up to
CEILING = signed_range(BITS)[1]


class Bench:
    """One requantiser and its biases."""

    def __init__(self, dut, *, stall=0.0):
        self.dut = dut
        self.ports = Ports(dut, Requantiser(CONFIG))
        self.source = Source(self.ports.stream("i"))
        self.sink = Sink(self.ports.stream("o"), chance_of_stall=stall)
        self.biases = np.zeros((2, GROUPS, LANES), np.int64)

    async def write_biases(self, half, biases):
        """All biases of one half, lane by lane."""
        self.biases[half] = biases
        for group in range(GROUPS):
            for lane in range(LANES):
                self.ports["writes__valid"] = 1
                bias = int(biases[group, lane])
                place = {"half": half, "group": group, "lane": lane}
                self.ports["writes__payload"] = {**place, "bias": bias}
                await RisingEdge(self.dut.clk)
        self.ports["writes__valid"] = 0
        self.ports.scramble("writes__payload")

    def configure(self, *, shift, relu=0, ceiling=CEILING, half=0, last_pe=LANES - 1):
        self.ports["output"] = {"shift": shift, "relu": relu, "ceiling": ceiling}
        self.ports["bias_half"] = half
        self.ports["last_pe"] = last_pe

    async def play(self, vectors, *, gap=0.0):
        """Send (sums, group, last_group); return the values and marks that come out."""
        before = len(self.sink.transfers)
        sending = cocotb.start_soon(
            self.source.send_all(
                [
                    {"sums": [int(n) for n in sums], "group": group, "last_group": last}
                    for sums, group, last in vectors
                ],
                chance_of_gap=gap,
            )
        )
        await self.sink.take(before + len(vectors), timeout=10 * len(vectors) + 20)
        await sending
        return self.sink.payloads[before:]


def expected(bench, vectors, *, shift, relu=0, ceiling=CEILING, half=0, last_pe=LANES - 1):
    """By the golden model: bias, requantise, ReLU, ceiling; lanes without a channel are zero."""
    results = []
    for sums, group, last in vectors:
        values = requantise(np.asarray(sums) + bench.biases[half, group], shift, BITS)
        values = np.minimum(np.maximum(values, 0) if relu else values, ceiling)
        if last:
            values[last_pe + 1 :] = 0
        results.append({"values": values.tolist(), "last_group": last})
    return results


def sums_near_ties(rng, shift, count):
    """Sums that round to a value within or just outside the format, most of them near a tie."""
    low, high = signed_range(BITS)
    values = rng.integers(2 * low, 2 * high, size=(count, LANES)).astype(object)
    half = (1 << shift) >> 1
    near = rng.integers(-2, 3, size=(count, LANES)).astype(object)
    sums = values * (1 << shift) + half + near
    return np.clip(sums, -LARGEST, LARGEST).astype(np.int64)


def as_vectors(sums):
    """Any group; some end a position."""
    return [(row, random.randrange(GROUPS), random.getrandbits(1)) for row in sums]


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def rounds_half_up_and_saturates_for_every_shift(dut):
    """Values around every kind of tie, and the extremes of an accumulator."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut)
    await reset(dut)
    for half in range(2):
        await bench.write_biases(half, np.zeros((GROUPS, LANES), np.int64))
    extremes = np.array([[-LARGEST] * LANES, [LARGEST] * LANES, [-1] * LANES, [0] * LANES])
    for shift in range(CONFIG.accumulator_bits - 1):
        setting = {"shift": shift, "last_pe": random.randrange(LANES)}
        bench.configure(**setting)
        vectors = as_vectors(np.concatenate([sums_near_ties(rng, shift, 6), extremes]))
        assert await bench.play(vectors) == expected(bench, vectors, **setting)


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.4, 0.4)]))
async def adds_biases_and_clips(dut, gap, stall):
    """All settings at random, biases up to the largest, the other half being written."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut, stall=stall)
    await reset(dut)
    limit = LARGEST
    for turn in range(12):
        half = turn % 2
        biases = rng.integers(-limit, limit + 1, size=(GROUPS, LANES))
        await bench.write_biases(half, biases)
        setting = {
            "shift": random.randrange(CONFIG.accumulator_bits - 1),
            "relu": random.getrandbits(1),
            "ceiling": random.choice([CEILING, random.randint(0, CEILING)]),
            "half": half,
            "last_pe": random.randrange(LANES),
        }
        bench.configure(**setting)
        sums = rng.integers(-LARGEST, LARGEST + 1, size=(15, LANES))
        vectors = as_vectors(sums)
        other = cocotb.start_soon(bench.write_biases(1 - half, bench.biases[1 - half]))
        assert await bench.play(vectors, gap=gap) == expected(bench, vectors, **setting)
        await other
        limit = max(limit // 8, 1)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def the_largest_sum_and_bias_do_not_wrap(dut):
    """Both extremes at once, for the smallest and the largest shift."""
    bench = Bench(dut)
    await reset(dut)
    for sign in (-1, 1):
        await bench.write_biases(0, np.full((GROUPS, LANES), sign * LARGEST, np.int64))
        for shift in (0, 1, CONFIG.accumulator_bits - 2):
            bench.configure(shift=shift)
            vectors = [([sign * LARGEST] * LANES, 0, 1)]
            assert await bench.play(vectors) == expected(bench, vectors, shift=shift)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def passes_one_vector_a_cycle(dut):
    """Throughput is one, latency is three cycles; `busy` lasts until the last one has left."""
    bench = Bench(dut)
    bench.configure(shift=0)
    await reset(dut)
    vectors = as_vectors(np.zeros((20, LANES), np.int64))
    await bench.play(vectors)
    assert [cycle for cycle, _ in bench.sink.transfers] == list(range(3, 23))
    await FallingEdge(dut.clk)
    assert bench.ports["busy"] == 0


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def holds_three_vectors_while_stalled(dut):
    """A stalled output fills the stages, then stops the input; `busy` says that something waits."""
    bench = Bench(dut, stall=1.0)
    bench.configure(shift=0)
    await reset(dut)
    assert bench.ports["busy"] == 0
    cocotb.start_soon(bench.sink.run())
    vectors = [{"sums": [0] * LANES, "group": 0, "last_group": 0}] * 5
    cocotb.start_soon(bench.source.send_all(vectors))
    taken = 0
    for _ in range(10):
        await FallingEdge(dut.clk)
        taken += bench.ports["i__valid"] and bench.ports["i__ready"]
    assert taken == 3
    assert bench.ports["busy"] == 1
    await ClockCycles(dut.clk, 1)
