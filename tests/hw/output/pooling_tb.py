# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.output.pooling and hw.output.pool_exit; started by test_pooling.py."""

import random
from itertools import pairwise

import cocotb
import numpy as np
from cocotb.triggers import FallingEdge, RisingEdge

from grus.golden.formats import signed_range
from grus.hw.config import CraneConfig
from grus.hw.core.tile import PoolKind
from grus.hw.output.pooling import Pooling
from tests.hw.output.pools import Pool, random_pool
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

CONFIG = CraneConfig(**parameters()["config"])
LANES = CONFIG.pes
LOW, HIGH = signed_range(CONFIG.data_bits)


def vectors_of(values):
    """Channels, rows, columns as vectors: position by position, group by group."""
    groups = len(values) // LANES
    return [
        {
            "values": pixel[group * LANES : (group + 1) * LANES].tolist(),
            "last_group": int(group == groups - 1),
        }
        for pixel in values.transpose(1, 2, 0).reshape(-1, len(values))
        for group in range(groups)
    ]


def random_map(rng, rows, columns, items, *, low=LOW, high=HIGH):
    return rng.integers(low, high + 1, size=(items * LANES, rows, columns))


class Bench:
    """One pooling unit that is fed tile by tile."""

    def __init__(self, dut, *, stall=0.0):
        self.dut = dut
        self.ports = Ports(dut, Pooling(CONFIG))
        self.source = Source(self.ports.stream("i"))
        self.sink = Sink(self.ports.stream("o"), chance_of_stall=stall)

    async def begin(self):
        await reset(self.dut)
        cocotb.start_soon(self.sink.run())

    async def play_map(self, values, pool, *, cuts=(), gap=0.0):
        """Play a map that is cut into tiles at these rows; return what came out."""
        before = len(self.sink.transfers)
        _, rows, columns = values.shape
        starts, stops = [0, *cuts], [*cuts, rows]
        for start, stop in zip(starts, stops, strict=True):
            fields = pool.fields(
                rows,
                columns,
                len(values) // LANES,
                first=int(start == 0),
                last=int(stop == rows),
            )
            await self._play_tile(values[:, start:stop], fields, gap)
        return self.sink.payloads[before:]

    async def play_unpooled(self, values, *, gap=0.0):
        before = len(self.sink.transfers)
        await self._play_tile(values, {"kind": PoolKind.NONE}, gap)
        return self.sink.payloads[before:]

    async def _play_tile(self, values, fields, gap):
        channels, rows, columns = values.shape
        self.ports["output"] = {"rows": rows, "columns": columns, "pool": fields}
        self.ports["items"] = channels // LANES
        self.ports["start"] = 1
        await RisingEdge(self.dut.clk)
        self.ports["start"] = 0
        await self.source.send_all(vectors_of(values), chance_of_gap=gap)
        await self._until_idle()

    async def _until_idle(self):
        await FallingEdge(self.dut.clk)
        while self.ports["busy"]:
            await FallingEdge(self.dut.clk)
        await RisingEdge(self.dut.clk)


def some_cuts(rows):
    return [row for row in range(1, rows) if random.random() < 0.2]


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.3, 0.5)]))
async def pools_like_golden(dut, gap, stall):
    """Any windows, padding, floor and ceiling, maps in one tile or in several."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut, stall=stall)
    await bench.begin()
    for _ in range(30):
        rows, columns, items = random.randint(1, 7), random.randint(1, 6), random.randint(1, 2)
        pool = random_pool(CONFIG, rows, columns, items)
        values = random_map(rng, rows, columns, items)
        pooled = await bench.play_map(values, pool, cuts=some_cuts(rows), gap=gap)
        assert pooled == vectors_of(pool.apply(values)), f"{pool} of {rows} x {columns}"


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(kind=list(PoolKind)[1:], extreme=[LOW, HIGH])
async def extreme_values_do_not_wrap(dut, kind, extreme):
    """The whole map is one window of the largest size."""
    bench = Bench(dut)
    await bench.begin()
    side = int(CONFIG.pool_window**0.5)
    pool = Pool(kind, (side, side), (side, side))
    values = np.full((LANES, side, side), extreme)
    assert await bench.play_map(values, pool) == vectors_of(values[:, :1, :1])


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.5, 0.5)]))
async def passes_a_map_without_pooling(dut, gap, stall):
    """Also between two maps that are pooled."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut, stall=stall)
    await bench.begin()
    pool = Pool(PoolKind.MAX, (2, 2), (1, 1), (1, 1, 1, 1))
    for _ in range(3):
        values = random_map(rng, 3, 3, 2)
        assert await bench.play_unpooled(values, gap=gap) == vectors_of(values)
        assert await bench.play_map(values, pool, gap=gap) == vectors_of(pool.apply(values))


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(
    (("kind", "distance"), [(PoolKind.MAX, 1), (PoolKind.AVERAGE, CONFIG.pool_bits + 4)])
)
async def windows_leave_at_the_rate_it_says(dut, kind, distance):
    """A maximum each cycle, an average in as many cycles as its division takes."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut)
    await bench.begin()
    pool = Pool(kind, (2, 2), (2, 2))
    await bench.play_map(random_map(rng, 2, 6, 2), pool)
    cycles = [cycle for cycle, _ in bench.sink.transfers]
    assert len(cycles) == 6
    assert {after - before for before, after in pairwise(cycles)} == {distance}


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize((("stride", "cycles"), [(2, 1), (1, 4)]))
async def a_vector_takes_one_cycle_for_each_window(dut, stride, cycles):
    """Windows of two by two, side by side or overlapping; five columns of a row."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut)
    await bench.begin()
    pool = Pool(PoolKind.MAX, (2, 2), (stride, stride))
    accepted = cocotb.start_soon(count_cycles_until(dut, bench, vectors=5))
    await bench.play_map(random_map(rng, 4, 5, 1), pool)
    assert await accepted == 5 * cycles


async def count_cycles_until(dut, bench, *, vectors):
    """Cycles from the first offer until so many vectors are taken."""
    cycles = taken = 0
    while taken < vectors:
        await FallingEdge(dut.clk)
        cycles += bench.ports["i__valid"]
        taken += bench.ports["i__valid"] and bench.ports["i__ready"]
    return cycles
