# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.core.resident_loader; started by test_resident_loader.py."""

import random
from itertools import chain

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.config import CraneConfig
from grus.hw.core.resident_loader import ResidentLoader
from grus.hw.layouts import BeatLayout
from tests.hw.core.beats import beat, beats_of, random_segment
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset
from tests.support.transfers import random_payload

CONFIG = CraneConfig(**parameters()["config"])
BEATS_PER_ROW = CONFIG.lookahead // CONFIG.stream_pairs


def rows_of(beats):
    """Rows of one work-item, without their places."""
    rows = []
    for start in range(0, len(beats), BEATS_PER_ROW):
        part = beats[start : start + BEATS_PER_ROW]
        pairs = [pair for one in part for pair in one["pairs"][: one["used"]]]
        empty = [{"value": 0, "zeros": 0}] * (CONFIG.lookahead - len(pairs))
        rows.append({"pairs": pairs + empty})
    return rows


def writes_of(items, half):
    """Work-items, dealt to the banks in turn; what exceeds a bank is dropped."""
    next_index = [0] * CONFIG.pes
    writes = []
    for number, beats in enumerate(items):
        pe, rows = number % CONFIG.pes, rows_of(beats)
        for row in rows:
            if next_index[pe] < CONFIG.resident_rows:
                place = {"pe": pe, "half": half, "index": next_index[pe]}
                writes.append({**place, "ends": int(row is rows[-1]), "row": row})
                next_index[pe] += 1
    return writes


def random_items(rng):
    """Work-items of a block that fits its banks; sometimes one of them is empty."""
    room = [CONFIG.resident_rows] * CONFIG.pes
    items = []
    while True:
        pe = len(items) % CONFIG.pes
        length = rng.integers(1, CONFIG.patch_positions + 1)
        beats = beats_of(random_segment(rng, CONFIG, length, density=rng.random()), CONFIG)
        room[pe] -= len(rows_of(beats))
        if room[pe] < 0 or (items and rng.random() < 0.05):
            return items or [beats_of(np.zeros(1, np.int64), CONFIG)]
        items.append(beats)


def block_of(items):
    return {"items": -(-len(items) // CONFIG.pes), "last_pe": (len(items) - 1) % CONFIG.pes}


class Bench:
    """One loader with its streams."""

    def __init__(self, dut, *, gap=0.0):
        self.dut, self.gap = dut, gap
        self.ports = Ports(dut, ResidentLoader(CONFIG))
        self.blocks = Source(self.ports.stream("blocks"))
        self.beats = Source(self.ports.stream("i"))
        self.sink = Sink(self.ports.stream("writes"))

    async def begin(self):
        await reset(self.dut)
        cocotb.start_soon(self.sink.run())

    async def load(self, block, beats, *, half):
        """Load one block, all of whose beats must be taken; return the rows written."""
        before = len(self.sink.transfers)
        self.ports["half"] = half
        sending = cocotb.start_soon(self.beats.send_all(beats, chance_of_gap=self.gap))
        await self.blocks.send(block)
        await sending
        await ClockCycles(self.dut.clk, 2)
        return self.sink.payloads[before:]

    async def load_items(self, items, *, half=0):
        return await self.load(block_of(items), chain.from_iterable(items), half=half)

    async def flags(self):
        await FallingEdge(self.dut.clk)
        return self.ports["malformed"], self.ports["overflow"]


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.5])
async def every_row_goes_to_its_place(dut, gap):
    """Any blocks, one after the other; a correct stream sets no flag."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut, gap=gap)
    await bench.begin()
    for number in range(12):
        items = random_items(rng)
        assert await bench.load_items(items, half=number % 2) == writes_of(items, number % 2)
    assert await bench.flags() == (0, 0)


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def takes_one_beat_a_cycle(dut):
    """A full bank; each row stands there in the cycle after its last beat."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut)
    await bench.begin()
    dense = random_segment(rng, CONFIG, CONFIG.patch_positions, density=1.0)
    beats = beats_of(np.where(dense == 0, 1, dense), CONFIG)
    await bench.load_items([beats])
    ends = [*range(BEATS_PER_ROW, len(beats) + 1, BEATS_PER_ROW), len(beats)]
    assert [cycle for cycle, _ in bench.sink.transfers] == sorted(set(ends))


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def an_empty_last_beat_is_legal(dut):
    """The counter may come after the last pair; behind a whole row it makes a row of its own."""
    bench = Bench(dut)
    await bench.begin()
    pairs = [{"value": 3, "zeros": 0}] * CONFIG.stream_pairs
    for full in (1, BEATS_PER_ROW):
        count = full * CONFIG.stream_pairs
        items = [[*[beat(pairs, CONFIG)] * full, beat([], CONFIG, count=count)]]
        assert await bench.load_items(items) == writes_of(items, 0)
    assert await bench.flags() == (0, 0)


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def waits_for_a_block(dut):
    """Nothing is taken while nobody says where it goes."""
    bench = Bench(dut)
    await bench.begin()
    cocotb.start_soon(bench.beats.send(beat([], CONFIG, count=0)))
    await ClockCycles(dut.clk, 5)
    assert bench.ports["i__ready"] == 0
    assert bench.sink.transfers == []


def last_pair_at(position):
    """A work-item whose last pair lies at this position, with as many fillers as it takes."""
    fillers, zeros = divmod(position, CONFIG.largest_run + 1)
    pairs = [{"value": 0, "zeros": CONFIG.largest_run}] * fillers + [{"value": 5, "zeros": zeros}]
    lanes = CONFIG.stream_pairs
    parts = [pairs[start : start + lanes] for start in range(0, len(pairs), lanes)]
    full = [beat(part, CONFIG) for part in parts[:-1]]
    return [*full, beat(parts[-1], CONFIG, count=len(pairs))]


ONE = [{"value": 1, "zeros": 0}]
MALFORMED = {
    "counter too small": [beat(ONE, CONFIG, count=0)],
    "counter too large": [beat(ONE, CONFIG, count=2)],
    "empty with a counter": [beat([], CONFIG, count=1)],
    "short beat": [beat(ONE, CONFIG), beat(ONE, CONFIG, count=2)],
    "empty beat": [beat([], CONFIG), beat(ONE, CONFIG, count=1)],
    "beyond the patch": last_pair_at(CONFIG.patch_positions),
}


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(kind=list(MALFORMED))
async def a_malformed_stream_sets_a_sticky_flag(dut, kind):
    """It is taken to its end, and what follows is loaded as ever."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut)
    await bench.begin()
    await bench.load_items([last_pair_at(CONFIG.patch_positions - 1)])
    assert await bench.flags() == (0, 0)
    await bench.load_items([MALFORMED[kind]])
    assert await bench.flags() == (1, 0)
    items = random_items(rng)
    assert await bench.load_items(items) == writes_of(items, 0)
    assert await bench.flags() == (1, 0)


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def too_many_rows_set_a_sticky_flag(dut):
    """Rows that have no place are dropped, in one bank only; the next block finds all free."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut)
    await bench.begin()
    one = beats_of(np.array([1]), CONFIG)
    exactly_full = [one] * (CONFIG.resident_rows * CONFIG.pes)
    assert await bench.load_items(exactly_full) == writes_of(exactly_full, 0)
    assert await bench.flags() == (0, 0)
    two_rows = beats_of(np.ones(CONFIG.lookahead + 1, np.int64), CONFIG)
    too_many = [two_rows, *exactly_full[1:]]
    assert await bench.load_items(too_many) == writes_of(too_many, 0)
    assert await bench.flags() == (0, 1)
    items = random_items(rng)
    assert await bench.load_items(items) == writes_of(items, 0)


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def noise_never_blocks(dut):
    """Beats of any content: the block ends with its last segment all the same."""
    bench = Bench(dut)
    await bench.begin()
    noise = [random_payload(BeatLayout(CONFIG, CONFIG.stream_pairs)) for _ in range(300)]
    ends = [number for number, one in enumerate(noise) if one["last"]]
    channels = CONFIG.pes * CONFIG.resident_rows
    block = {"items": CONFIG.resident_rows, "last_pe": CONFIG.pes - 1}
    await bench.load(block, noise[: ends[channels - 1] + 1], half=random.getrandbits(1))
    malformed, _ = await bench.flags()
    assert malformed == 1
