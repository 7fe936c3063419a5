# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.core.broadcast_loader; started by test_broadcast_loader.py."""

import random
from itertools import product

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.config import CraneConfig
from grus.hw.core.broadcast_loader import BroadcastLoader
from grus.hw.layouts import BeatLayout
from tests.hw.core.beats import beat, beats_of, random_segment
from tests.support.ports import Ports, flagged
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset
from tests.support.transfers import random_payload

CONFIG = CraneConfig(**parameters()["config"])
LANES, POSITIONS = CONFIG.broadcast_lanes, CONFIG.broadcast_positions


def make_load(*, parts=1, rows=1, segments=1, length, last_length=None, space=0):
    """A region: the parts of a pixel lie side by side, pixels follow each other in rows."""
    last_length = last_length or length
    pixel = (parts - 1) * length + last_length + space
    return {
        "parts": parts,
        "rows": rows,
        "segments": segments,
        "length": length,
        "last_length": last_length,
        "segment_step": pixel,
        "row_step": segments * pixel,
        "part_step": length,
    }


def places_of(load):
    """First position and length of each segment, in order."""
    return [
        (
            part * load["part_step"] + row * load["row_step"] + segment * load["segment_step"],
            load["last_length"] if part == load["parts"] - 1 else load["length"],
        )
        for part, row, segment in product(
            range(load["parts"]), range(load["rows"]), range(load["segments"])
        )
    ]


def random_load():
    """Any region that fits; `space` leaves positions between pixels untouched."""
    while True:
        load = make_load(
            parts=random.randint(1, 3),
            rows=random.randint(1, 4),
            segments=random.randint(1, 4),
            length=random.randint(1, 24),
            last_length=random.randint(1, 24),
            space=random.choice([0, 0, 3]),
        )
        if max(start + length for start, length in places_of(load)) <= POSITIONS:
            return load


class Bench:
    """One loader with its streams."""

    def __init__(self, dut, *, gap=0.0, stall=0.0):
        self.dut, self.gap = dut, gap
        self.ports = Ports(dut, BroadcastLoader(CONFIG))
        self.loads = Source(self.ports.stream("loads"))
        self.beats = Source(self.ports.stream("i"))
        self.sink = Sink(self.ports.stream("o"), chance_of_stall=stall)

    async def begin(self):
        await reset(self.dut)
        cocotb.start_soon(self.sink.run())

    async def load(self, load, beats):
        """Load one region, all of whose beats must be taken; return (position, value) in order."""
        before = len(self.sink.transfers)
        sending = cocotb.start_soon(self.beats.send_all(beats, chance_of_gap=self.gap))
        await self.loads.send(load)
        await sending
        await self._last_lanes()
        return [
            (decoded["word"] * LANES + lane, decoded["values"][lane])
            for decoded in self.sink.payloads[before:]
            for lane in sorted(flagged(decoded["enables"]))
        ]

    async def _last_lanes(self):
        """Wait for what was under way when the region was taken."""
        await FallingEdge(self.dut.clk)
        while self.ports["o__valid"]:
            await FallingEdge(self.dut.clk)
        await ClockCycles(self.dut.clk, 1)

    async def malformed(self):
        await FallingEdge(self.dut.clk)
        return self.ports["malformed"]


def random_region(rng, load):
    """Beats of a region, and the (position, value) pairs that it consists of."""
    beats, expected = [], []
    for start, length in places_of(load):
        dense = random_segment(rng, CONFIG, length, density=rng.random())
        beats += beats_of(dense, CONFIG)
        expected += [(start + index, int(value)) for index, value in enumerate(dense)]
    return beats, expected


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5)]))
async def every_position_is_written_once(dut, gap, stall):
    """Regions of any shape, in the order of their segments, zeros included."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut, gap=gap, stall=stall)
    await bench.begin()
    for _ in range(20):
        load = random_load()
        beats, expected = random_region(rng, load)
        assert await bench.load(load, beats) == expected
    assert await bench.malformed() == 0


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def one_segment_follows_the_other(dut):
    """Segments of one beat and one word each: a word leaves in every cycle, one cycle later."""
    bench = Bench(dut)
    await bench.begin()
    load = make_load(parts=2, rows=2, segments=3, length=LANES)
    zeros = beat([], CONFIG, count=0)
    written = await bench.load(load, [zeros] * 12)
    assert sorted(written) == [(position, 0) for position in range(12 * LANES)]
    assert [cycle for cycle, _ in bench.sink.transfers] == list(range(1, 13))


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def waits_for_a_region(dut):
    """Nothing is taken while nobody says where it goes."""
    bench = Bench(dut)
    await bench.begin()
    cocotb.start_soon(bench.beats.send(beat([], CONFIG, count=0)))
    await ClockCycles(dut.clk, 5)
    assert bench.ports["i__ready"] == 0
    assert bench.sink.transfers == []


LENGTH = 5
ONE = {"value": 1, "zeros": 0}
FILLER = {"value": 0, "zeros": CONFIG.largest_run}
MALFORMED = {
    "counter too small": [beat([ONE], CONFIG, count=0)],
    "counter too large": [beat([ONE], CONFIG, count=2)],
    "one beyond the end": [beat([FILLER, {"value": 1, "zeros": 1}], CONFIG, count=2)],
    "far beyond the end": [*[beat([FILLER] * 2, CONFIG)] * 40, beat([], CONFIG, count=80)],
}


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(kind=list(MALFORMED))
async def a_malformed_segment_sets_a_sticky_flag(dut, kind):
    """It keeps to its own positions, and what follows is loaded as ever."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut)
    await bench.begin()
    exact = beat([FILLER, ONE], CONFIG, count=2)
    written = await bench.load(make_load(length=LENGTH), [exact])
    assert written == [(0, 0), (1, 0), (2, 0), (3, 0), (4, 1)]
    assert await bench.malformed() == 0
    written = await bench.load(make_load(length=LENGTH), MALFORMED[kind])
    assert [position for position, _ in written] == list(range(LENGTH))
    assert await bench.malformed() == 1
    load = random_load()
    beats, expected = random_region(rng, load)
    assert await bench.load(load, beats) == expected
    assert await bench.malformed() == 1


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def noise_never_blocks(dut):
    """Beats of any content: every segment ends with its last beat and fills its positions."""
    bench = Bench(dut)
    await bench.begin()
    for _ in range(10):
        load = random_load()
        places = places_of(load)
        noise = [random_payload(BeatLayout(CONFIG, CONFIG.stream_pairs)) for _ in range(500)]
        ends = [number for number, one in enumerate(noise) if one["last"]]
        written = await bench.load(load, noise[: ends[len(places) - 1] + 1])
        expected = [start + index for start, length in places for index in range(length)]
        assert [position for position, _ in written] == expected
    assert await bench.malformed() == 1
