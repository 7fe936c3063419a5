"""cocotb testbench of hw.dma.resident_reader; started by test_resident_reader.py."""

import random

import cocotb
import numpy as np

from grus.compiler.memory.formats import pack_dense_segments, pack_segments
from grus.golden.segments import Segments, encode_segments
from grus.hw.dma.resident_reader import ResidentReader
from tests.hw.dma.kernels import plain_kernel, random_kernel, spread, values_of
from tests.hw.dma.slots import from_parameters, golden_segments, segments_in, widths_of
from tests.support.ports import Ports
from tests.support.read_memory import RequestedMemory
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

SLOTS = from_parameters(parameters())
CONFIG, WIDTHS = SLOTS.config, widths_of(SLOTS)
LANES = CONFIG.stream_pairs


def rng():
    return np.random.default_rng(random.getrandbits(32))


def random_values(segments, length, density):
    high = 1 << (CONFIG.data_bits - 1)
    values = rng().integers(-high, high, (segments, length))
    return values * (rng().random((segments, length)) < density)


def beats(counts):
    return sum(max(1, -(-int(count) // LANES)) for count in counts)


class Bench:
    """One reader with a memory and a sink."""

    def __init__(self, dut, **memory):
        self.dut = dut
        ports = self.ports = Ports(dut, ResidentReader(SLOTS))
        streams = ports.stream("requests"), ports.stream("words")
        self.memory = RequestedMemory(*streams, SLOTS.axi, **memory)
        self.source = Source(ports.stream("commands"))
        self.sink = Sink(ports.stream("o"), chance_of_stall=memory.get("stall", 0.0))
        self.commands, self.expected, self.beats = [], [], 0
        self.place = SLOTS.axi.word_bytes

    def add(self, segments):
        """Put encoded work-items into memory, and expect them."""
        noise = {name: random.getrandbits(3) for name in plain_kernel(1)}
        self._add(segments, pack_segments(segments, WIDTHS), dense=0, kernel=noise)

    def add_dense(self, values, kernel):
        """Put dense work-items into memory, and expect them encoded."""
        items = spread(values, kernel, CONFIG.patch_positions)
        segments = encode_segments(items, index_bits=CONFIG.index_bits)
        self._add(segments, pack_dense_segments(values, WIDTHS), dense=1, kernel=kernel)

    def _add(self, segments, content, *, dense, kernel):
        self.memory.write(self.place, content)
        self.commands.append(
            {
                "address": self.place,
                "words": len(content) // SLOTS.axi.word_bytes,
                "segments": len(segments.counters),
                "dense": dense,
                "kernel": kernel,
            }
        )
        self.place += len(content) + random.randrange(3) * SLOTS.axi.word_bytes
        self.expected += golden_segments(segments)
        self.beats += beats(segments.counters)

    def add_random(self, *, segments=None, length=None, density=None):
        segments = segments or random.randint(1, SLOTS.largest_tile_segments)
        density = random.choice([0.0, 0.1, 0.5, 1.0]) if density is None else density
        if random.random() < 0.5:
            kernel = random_kernel(CONFIG, segments) if length is None else plain_kernel(length)
            self.add_dense(random_values(segments, values_of(kernel), density), kernel)
        else:
            length = length or random.randint(1, CONFIG.patch_positions)
            values = random_values(segments, length, density)
            self.add(encode_segments(values, index_bits=CONFIG.index_bits))

    async def start(self):
        await reset(self.dut)
        self.memory.start()
        cocotb.start_soon(self.source.send_all(self.commands))

    async def check(self, timeout):
        taken = await self.sink.take(self.beats, timeout=timeout)
        assert segments_in(taken, lanes=LANES) == self.expected
        assert [words for _, words in self.memory.requests] == [
            command["words"] for command in self.commands
        ]


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize((("latency", "stall"), [(1, 0.0), (9, 0.3), (40, 0.8)]))
async def every_work_item_comes(dut, latency, stall):
    bench = Bench(dut, latency=latency, stall=stall)
    for _ in range(7):
        bench.add_random(segments=random.choice([1, 2, 9]))
    bench.add_random(segments=3, length=CONFIG.patch_positions, density=1.0)
    bench.add_random(segments=SLOTS.largest_tile_segments, length=3)
    await bench.start()
    await bench.check(timeout=40_000)
    assert bench.ports["malformed"] == 0


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(density=[0.0, 0.3, 1.0])
async def gives_a_beat_a_cycle_or_takes_a_word_a_cycle(dut, density):
    """Whichever is more; the memory's latency and the first word come on top."""
    bench = Bench(dut, latency=20)
    values = random_values(20, CONFIG.patch_positions, density)
    bench.add(encode_segments(values, index_bits=CONFIG.index_bits))
    await bench.start()
    await bench.check(timeout=4000)
    words = bench.commands[0]["words"]
    cycles = bench.sink.transfers[-1][0] - bench.memory.busy[0]
    dut._log.info(f"{words} words, {bench.beats} beats, {cycles} cycles")
    assert cycles <= words + 2 or cycles <= bench.beats + 2
    if words >= bench.beats:
        assert bench.memory.busy[-1] - bench.memory.busy[0] == words - 1


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(density=[0.6, 1.0], runs=[1, 3])
async def takes_values_every_cycle(dut, density, runs):
    """A vector of a run in each cycle, and whatever gap lies behind it."""
    bench = Bench(dut, latency=20)
    run = CONFIG.patch_positions // 3 // LANES * LANES
    kernel = plain_kernel(run // runs // LANES * LANES) | {"taps": runs, "tap_gap": 2}
    values = random_values(20, values_of(kernel), density) | 1
    bench.add_dense(values, kernel)
    await bench.start()
    await bench.check(timeout=4000)
    words, vectors = bench.commands[0]["words"], values.size // LANES
    cycles = bench.sink.transfers[-1][0] - bench.memory.busy[0]
    dut._log.info(f"{words} words, {vectors} vectors, {cycles} cycles")
    assert cycles <= max(words, vectors) + 6


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def commands_follow_each_other(dut):
    """One cycle between them; their words are asked for in advance."""
    bench = Bench(dut, latency=30)
    for _ in range(6):
        values = np.ones((4, 8 * LANES), dtype=np.int64)
        bench.add(Segments(np.full(4, 8 * LANES), values.reshape(-1), 0 * values.reshape(-1)))
    await bench.start()
    await bench.check(timeout=2000)
    words = sum(words for _, words in bench.memory.requests)
    cycles = bench.sink.transfers[-1][0] - bench.memory.busy[0]
    assert cycles <= max(words, bench.beats) + 3 * 6 + 30


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(
    (
        ("change", "dense"),
        [("short", 0), ("long", 0), ("counter", 0), ("short", 1), ("long", 1)],
    ),
    stall=[0.0, 0.5],
)
async def malformed_work_items_end(dut, change, dense, stall):
    """As many segments as were asked for, and the next command is served."""
    bench = Bench(dut, stall=stall)
    values = random_values(5, 20, 1.0) | 1
    if dense:
        bench.add_dense(values, plain_kernel(20))
    else:
        bench.add(encode_segments(values, index_bits=CONFIG.index_bits))
    for _ in range(4):
        bench.add_random(segments=3)
    if change == "counter":
        bench.memory.write(bench.commands[0]["address"], b"\xff")
    else:
        bench.commands[0]["words"] += -3 if change == "short" else 3
    await bench.start()
    segments = []
    while len(segments) < len(bench.expected):
        await bench.sink.take(len(bench.sink.payloads) + 1, timeout=500)
        beats = bench.sink.payloads
        if beats[-1]["last"]:
            segments = segments_in(beats, lanes=LANES)
    assert bench.ports["malformed"] == 1
    whole = {"short": 1, "long": 5, "counter": 0}[change]
    assert segments[:whole] == bench.expected[:whole]
    assert segments[5:] == bench.expected[5:]
