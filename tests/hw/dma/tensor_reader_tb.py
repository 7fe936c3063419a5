"""cocotb testbench of hw.dma.tensor_reader; started by test_tensor_reader.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles

from grus.compiler.memory.maps import pack_map, plan_map
from grus.hw.dma.tensor_reader import TensorReader
from tests.hw.dma.regions import STRIDES, expected_segments, random_map, random_region
from tests.hw.dma.slots import from_parameters, segments_in, widths_of
from tests.support.ports import Ports
from tests.support.read_memory import RequestedMemory
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

SLOTS = from_parameters(parameters())
CONFIG, WIDTHS = SLOTS.config, widths_of(SLOTS)
LANES, STEP = CONFIG.stream_pairs, SLOTS.axi.word_bytes


class Bench:
    """One reader with a memory, seen over two ways, and a sink."""

    def __init__(self, dut, **memory):
        self.dut = dut
        ports = self.ports = Ports(dut, TensorReader(SLOTS))

        def way(name):
            streams = ports.stream(f"{name}_requests"), ports.stream(f"{name}_words")
            return RequestedMemory(*streams, SLOTS.axi, **memory)

        self.counts, self.pixels = way("count"), way("pixel")
        self.pixels.bytes = self.counts.bytes
        self.source = Source(ports.stream("regions"))
        self.sink = Sink(ports.stream("o"), chance_of_stall=memory.get("stall", 0.0))
        self.regions, self.expected = [], []
        self.place = STEP

    def add(self, values, region, *, length, dense, spread=True, parts=None):
        """Put a map into memory, some of its distances larger than needed."""
        plan = plan_map(values.shape, length, WIDTHS, dense=dense)
        if spread:
            extra = {name: random.randint(0, 2) * STEP for name in STRIDES}
            if not dense:
                extra["row_stride"] += extra["pixel_stride"] * plan.columns
                extra["count_row_stride"] = random.randint(0, 9)  # any byte
                extra["count_part_stride"] += extra["count_row_stride"] * plan.rows
            extra["part_stride"] += extra["row_stride"] * plan.rows
            plan = plan._replace(**{name: getattr(plan, name) + extra[name] for name in STRIDES})
            plan = plan._replace(count_base=plan.count_base and plan.parts * plan.part_stride)
        content = pack_map(values, plan, WIDTHS)
        self.counts.write(self.place, content)
        parts = parts or random.randint(1, plan.parts)
        self.regions.append(
            {
                "base": self.place,
                "count_base": self.place + plan.count_base,
                **{name: getattr(plan, name) for name in STRIDES},
                "parts": parts,
                "length": plan.length,
                "last_length": plan.length_of(parts - 1),
                "dense": int(dense),
                "map_rows": plan.rows,
                "map_columns": plan.columns,
                **region,
            }
        )
        self.place += len(content) + -len(content) % STEP
        self.expected += expected_segments(CONFIG, values, plan, region, parts)
        return plan

    def add_random(self, dense):
        shape = random.randint(1, 11), random.randint(1, 5), random.randint(1, 6)
        values = random_map(CONFIG, shape, random.choice([0.0, 0.3, 1.0]))
        self.add(values, random_region(values), length=random.randint(1, 11), dense=dense)

    async def start(self):
        await reset(self.dut)
        self.counts.start()
        self.pixels.start()
        cocotb.start_soon(self.source.send_all(self.regions))

    async def segments(self, *, timeout):
        """All that comes, and nothing after it."""
        running = cocotb.start_soon(self.sink.run())
        for _ in range(timeout // 10):
            await ClockCycles(self.dut.clk, 10)
            if sum(beat["last"] for beat in self.sink.payloads) >= len(self.expected):
                break
        await ClockCycles(self.dut.clk, 60)
        running.cancel()
        return segments_in(self.sink.payloads)

    def reads(self):
        """Words of pixels, and words of counters, that were asked for."""
        return [sum(words for _, words in way.requests) for way in (self.pixels, self.counts)]


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize((("latency", "stall"), [(1, 0.0), (30, 0.0), (12, 0.4), (3, 0.8)]))
async def every_region_comes(dut, latency, stall):
    """Both formats in turn, all kinds of padding, nothing read that is not needed."""
    bench = Bench(dut, latency=latency, stall=stall)
    for _ in range(14):
        bench.add_random(dense=random.random() < 0.5)
    await bench.start()
    assert await bench.segments(timeout=40_000) == bench.expected
    assert bench.ports["malformed"] == 0
    assert all(words > 0 for _, words in bench.pixels.requests)


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(dense=[False, True])
async def all_sides_are_padded(dut, dense):
    """One map, all regions around and across its corners and edges."""
    bench = Bench(dut)
    values = random_map(CONFIG, (5, 2, 3), 0.6)
    for first_row in (-3, -2, -1, 0, 1, 2, 3):
        for first_column, columns in ((-3, 2), (-2, 2), (-2, 9), (0, 3), (1, 2), (2, 4), (3, 2)):
            region = {"first_row": first_row, "rows": 2}
            region |= {"first_column": first_column, "columns": columns}
            bench.add(values, region, length=3, dense=dense)
    await bench.start()
    assert await bench.segments(timeout=8000) == bench.expected


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(dense=[False, True])
async def a_far_corner_of_a_large_map_is_padded(dut, dense):
    """Distances of many bits, from a map's first pixel and to the left of it."""
    bench = Bench(dut, latency=5)
    values = random_map(CONFIG, (3, 37, 75), 0.5)
    for first_column, columns in ((70, 9), (-75, 77)):
        region = {"first_row": 33, "rows": 5, "first_column": first_column, "columns": columns}
        bench.add(values, region, length=2, dense=dense)
    await bench.start()
    assert await bench.segments(timeout=8000) == bench.expected


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(pairs=[1, "word", "more"], latency=[2, 12])
async def words_of_pixels_come_every_cycle(dut, pairs, latency):
    """No cycle without a word between the first and the last, as long as words are the limit."""
    slots = SLOTS.encoded_slots
    most = min(slots, LANES)
    channels = {1: 1, "word": most, "more": slots + max(1, most - 1)}[pairs]
    bench = Bench(dut, latency=latency)
    values = random_map(CONFIG, (channels, 4, 14), 1.0) | 1
    region = {"first_row": 0, "rows": 4, "first_column": 0, "columns": 14}
    bench.add(values, region, length=channels, dense=False, spread=False)
    await bench.start()
    assert await bench.segments(timeout=4000) == bench.expected
    words, beats = len(bench.pixels.busy), len(bench.sink.transfers)
    cycles = bench.sink.transfers[-1][0] - bench.pixels.busy[0]
    dut._log.info(f"{words} words, {beats} beats, {cycles} cycles")
    assert cycles <= max(words, beats) + 2
    if words >= beats:
        assert bench.pixels.busy == list(range(bench.pixels.busy[0], bench.pixels.busy[0] + words))


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(padding=[0, 1])
async def rows_of_values_come_every_cycle(dut, padding):
    """Beats that end at a row's beginning or end cost what is not full of them."""
    bench = Bench(dut, latency=12)
    values = random_map(CONFIG, (8, 6, 12), 1.0)
    region = {"first_row": -padding, "rows": 6 + padding}
    region |= {"first_column": -padding, "columns": 12 + padding}
    bench.add(values, region, length=8, dense=True, spread=False)
    await bench.start()
    assert await bench.segments(timeout=4000) == bench.expected
    words, beats = len(bench.pixels.busy), len(bench.sink.transfers)
    assert words == 6 * -(-12 * 8 // SLOTS.dense_slots)
    cycles = bench.sink.transfers[-1][0] - bench.pixels.busy[0]
    dut._log.info(f"{words} words, {beats} beats, {cycles} cycles")
    assert cycles <= max(words, beats) + 2


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def pixels_of_dense_parts_come_every_cycle(dut):
    """One request for each row of a part; a segment for each pixel."""
    bench = Bench(dut, latency=12)
    length = 2 * LANES
    values = random_map(CONFIG, (2 * length, 6, 12), 1.0)
    region = {"first_row": 0, "rows": 6, "first_column": 0, "columns": 12}
    bench.add(values, region, length=length, dense=True, spread=False, parts=2)
    await bench.start()
    assert await bench.segments(timeout=4000) == bench.expected
    words, beats = len(bench.pixels.busy), len(bench.sink.transfers)
    assert [words for _, words in bench.pixels.requests] == [12 * length // SLOTS.dense_slots] * 12
    assert bench.reads()[1] == 0
    cycles = bench.sink.transfers[-1][0] - bench.pixels.busy[0]
    dut._log.info(f"{words} words, {beats} beats, {cycles} cycles")
    assert cycles <= max(words, beats) + 2


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def empty_pixels_take_a_cycle_each_and_no_traffic(dut):
    bench = Bench(dut)
    values = random_map(CONFIG, (3, 4, 12), 0.0)
    region = {"first_row": -2, "rows": 8, "first_column": -2, "columns": 16}
    bench.add(values, region, length=3, dense=False)
    await bench.start()
    assert await bench.segments(timeout=1000) == [[]] * 8 * 16
    cycles = [cycle for cycle, _ in bench.sink.transfers]
    assert cycles[-1] - cycles[0] <= 8 * 16 + 2
    assert bench.reads()[0] == 0
    assert len(bench.counts.requests) == 4


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def counters_of_the_next_rows_are_asked_for_in_advance(dut):
    """While nobody takes a row's pixels, the counters of the next ones come."""
    bench = Bench(dut, latency=2)
    values = random_map(CONFIG, (9, 6, 8), 1.0)
    region = {"first_row": 0, "rows": 6, "first_column": 0, "columns": 8}
    bench.add(values, region, length=9, dense=False)
    await bench.start()
    await ClockCycles(dut.clk, 100)
    assert len(bench.counts.requests) >= 4
    assert await bench.segments(timeout=4000) == bench.expected


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.5])
async def a_counter_that_is_too_large_makes_an_empty_pixel(dut, stall):
    """Nothing of that pixel is read, and all others come as they should."""
    bench = Bench(dut, stall=stall)
    values = random_map(CONFIG, (3, 3, 5), 1.0) | 1
    region = {"first_row": 0, "rows": 3, "first_column": 0, "columns": 5}
    plan = bench.add(values, region, length=3, dense=False, spread=False)
    bad = random.sample(range(15), 4)
    for pixel in bad:
        address = STEP + plan.count_base + pixel // 5 * plan.count_row_stride + pixel % 5
        bench.counts.write(address, bytes([random.choice([4, 5, 255])]))
        bench.expected[pixel] = []
    for _ in range(3):
        bench.add_random(dense=False)
    await bench.start()
    assert await bench.segments(timeout=8000) == bench.expected
    assert bench.ports["malformed"] == 1
    addresses = [address for address, _ in bench.pixels.requests]
    for pixel in bad:
        assert STEP + pixel // 5 * plan.row_stride + pixel % 5 * plan.pixel_stride not in addresses
