# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.output.output_unit; started by test_output_unit.py."""

import random
from itertools import pairwise
from typing import NamedTuple

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from grus.golden.formats import largest_bias, requantise, signed_range
from grus.golden.segments import Segments, encode_segments
from grus.hw.config import CraneConfig
from grus.hw.core.tile import PoolKind
from grus.hw.output.output_unit import OutputUnit
from tests.hw.output.drained_ram import DrainedRam, until
from tests.hw.output.pools import random_pool
from tests.support.ports import Ports, flagged
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

CONFIG = CraneConfig(**parameters()["config"])
LANES, BITS = CONFIG.pes, CONFIG.data_bits


class Tile(NamedTuple):
    """Sums of one whole map, and what is to become of them."""

    sums: np.ndarray  # channels, rows, columns
    biases: np.ndarray | None  # new ones, or those of the tile before
    shift: int
    relu: int
    ceiling: int
    segment_groups: int
    pool: object
    dense: int = 0

    @property
    def items(self):
        return -(-len(self.sums) // LANES)

    @property
    def last_pe(self):
        return (len(self.sums) - 1) % LANES

    def fields(self):
        _, rows, columns = self.sums.shape
        unpooled = {"kind": PoolKind.NONE}
        pool = self.pool.fields(rows, columns, self.items) if self.pool else unpooled
        return {
            "load_biases": int(self.biases is not None),
            "items": self.items,
            "last_pe": self.last_pe,
            "output": {
                "rows": rows,
                "columns": columns,
                "shift": self.shift,
                "relu": self.relu,
                "ceiling": self.ceiling,
                "segment_groups": self.segment_groups,
                "dense": self.dense,
                "pool": pool,
            },
        }

    def words(self):
        """Words of the output RAM; lanes without a channel hold noise."""
        _, rows, columns = self.sums.shape
        low, high = signed_range(CONFIG.accumulator_bits)
        padded = np.random.default_rng(random.getrandbits(32)).integers(
            low // 4, high // 4, size=(self.items * LANES, rows, columns)
        )
        padded[: len(self.sums)] = self.sums
        return padded.transpose(1, 2, 0).reshape(-1, LANES).tolist()

    def encoded(self, biases):
        """Encoded segments by the golden model: pixels, each cut into some groups of channels."""
        values = requantise(self.sums + biases[:, None, None], self.shift, BITS)
        values = np.minimum(np.maximum(values, 0) if self.relu else values, self.ceiling)
        values = self.pool.apply(values) if self.pool else values
        length = self.segment_groups * LANES
        if self.dense:
            return self._dense(values, length)
        segments = -(-len(values) // length)
        padded = np.zeros((segments * length, *values.shape[1:]), np.int64)
        padded[: len(values)] = values
        pixels = padded.transpose(1, 2, 0).reshape(-1, length)
        return encode_segments(pixels, index_bits=CONFIG.index_bits)

    @staticmethod
    def _dense(values, length):
        """A pair for each value, none for lanes without a channel."""
        counters = [min(length, len(values) - start) for start in range(0, len(values), length)]
        pixels = values[0].size
        kept = values.transpose(1, 2, 0).ravel()
        return Segments(np.tile(counters, pixels), kept, np.zeros_like(kept))


def random_tile(rng, *, channels=None, density=0.5):
    """Any layer that fits; `channels` if the biases of the tile before serve again."""
    rows, columns = random.randint(1, 4), random.randint(1, 4)
    new = channels is None
    channels = channels or random.randint(1, 3 * LANES)
    items = -(-channels // LANES)
    limit = largest_bias(BITS, CONFIG.max_terms) >> random.randrange(12)
    sums = rng.integers(-limit, limit + 1, size=(channels, rows, columns))
    sums[rng.random(sums.shape) > density] = 0
    return Tile(
        sums=sums,
        biases=rng.integers(-limit, limit + 1, size=channels) // 8 if new else None,
        shift=random.randrange(8, 16),
        relu=random.getrandbits(1),
        ceiling=random.choice([127, 127, 40]),
        segment_groups=random.randint(1, items),
        pool=random_pool(CONFIG, rows, columns, items) if random.random() < 0.6 else None,
        dense=int(random.random() < 0.3),
    )


def random_tiles(rng, count):
    """Some use the biases of the tile before."""
    tiles = []
    for _ in range(count):
        again = tiles and random.random() < 0.3
        tiles.append(random_tile(rng, channels=len(tiles[-1].sums) if again else None))
    return tiles


class Bench:
    """One output unit, its memory and its streams."""

    def __init__(self, dut, *, gap=0.0, stall=0.0, fill_halves=False):
        self.dut, self.gap, self.fill_halves = dut, gap, fill_halves
        self.ports = Ports(dut, OutputUnit(CONFIG))
        self.ram = DrainedRam(dut, self.ports, CONFIG)
        streams = ("tiles", "blocks", "biases", "chunks")
        self.sources = {name: Source(self.ports.stream(name)) for name in streams}
        self.sink = Sink(self.ports.stream("results"), chance_of_stall=stall)
        self.taken = {0, 1}  # halves that hold sums; at first those of the sweep

    async def begin(self):
        await reset(self.dut)
        self.ram.start()
        cocotb.start_soon(self.sink.run())
        cocotb.start_soon(self._watch())
        await until(self.dut, lambda: self.ports["cleared"])
        self.taken = set()

    async def _watch(self):
        while True:
            await FallingEdge(self.dut.clk)
            self.taken -= flagged(self.ports["free"])

    def send(self, name, payloads):
        return cocotb.start_soon(self.sources[name].send_all(payloads, chance_of_gap=self.gap))

    async def play(self, tiles):
        """Send all tiles; wait until nothing is under way."""
        new = [tile for tile in tiles if tile.biases is not None]
        self.send("blocks", [{"items": tile.items, "last_pe": tile.last_pe} for tile in new])
        self.send("biases", [int(bias) for tile in new for bias in tile.biases])
        sent = self.send("tiles", [tile.fields() for tile in tiles])
        half = 0
        for tile in tiles:
            half = await self._fill(tile, half)
        await sent
        await until(self.dut, lambda: not self.ports["busy"])
        await ClockCycles(self.dut.clk, 5)

    async def _fill(self, tile, half):
        """Sums go to one half after the other, each once it is free; returns the next half."""
        words = tile.words()
        while words:
            room = CONFIG.output_words // tile.items
            positions = room if self.fill_halves else random.randint(1, room)
            chunk, words = words[: positions * tile.items], words[positions * tile.items :]
            while half in self.taken:
                await RisingEdge(self.dut.clk)
            self.taken.add(half)
            for address, sums in enumerate(chunk):
                self.ram.words[half, address] = sums
            payload = {"half": half, "words": len(chunk), "last": int(not words)}
            await self.sources["chunks"].send(payload)
            half = 1 - half
        return half

    def result(self):
        """Counters and pairs of all segments so far."""
        beats = self.sink.payloads
        pairs = [pair for beat in beats for pair in beat["pairs"][: beat["used"]]]
        return {
            "counters": [beat["count"] for beat in beats if beat["last"]],
            "values": [pair["value"] for pair in pairs],
            "zeros": [pair["zeros"] for pair in pairs],
        }


def expected(tiles):
    """Counters and pairs of all tiles, one after the other."""
    biases, encoded = None, []
    for tile in tiles:
        biases = biases if tile.biases is None else tile.biases
        encoded.append(tile.encoded(biases))
    names = ("counters", "values", "zeros")
    parts = zip(*encoded, strict=True)
    return {name: np.concatenate(part).tolist() for name, part in zip(names, parts, strict=True)}


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.0, 0.6), (0.6, 0.0)]))
async def finishes_tile_after_tile(dut, gap, stall):
    """Every setting at random, tiles back to back."""
    rng = np.random.default_rng(cocotb.RANDOM_SEED)
    bench = Bench(dut, gap=gap, stall=stall)
    await bench.begin()
    tiles = random_tiles(rng, 15)
    await bench.play(tiles)
    assert bench.result() == expected(tiles)


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def a_map_of_zeros_is_empty_segments(dut):
    """A beat for each segment that has nothing but its counter."""
    bench = Bench(dut)
    await bench.begin()
    zeros = np.zeros((2 * LANES, 2, 2), np.int64)
    tile = Tile(zeros, zeros[:, 0, 0], 4, 0, 127, 1, None)
    await bench.play([tile])
    assert bench.result() == {"counters": [0] * 8, "values": [], "zeros": []}


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def passes_one_vector_a_cycle(dut):
    """Within a tile; from the last of one tile to the first of the next it is about ten cycles."""
    bench = Bench(dut, fill_halves=True)
    await bench.begin()
    ones = np.ones((LANES, 4, 4), np.int64)
    tile = Tile(ones, ones[:, 0, 0], 0, 0, 127, 1, None)
    tiles = [tile, tile._replace(biases=None)]
    await bench.play(tiles)
    assert bench.result() == expected(tiles)
    cycles = [cycle for cycle, _ in bench.sink.transfers]
    steps = [after - before for before, after in pairwise(cycles)]
    assert steps[:15] == steps[16:] == [1] * 15
    assert 5 <= steps[15] <= 12


@cocotb.test(timeout_time=10, timeout_unit="ms")
async def leaves_a_half_alone_while_sums_are_on_their_way(dut):
    """The memory checks each read; nothing comes out until the half is complete."""
    bench = Bench(dut)
    await bench.begin()
    bench.ram.need({0})
    ones = np.ones((LANES, 1, 1), np.int64)
    tile = Tile(ones, ones[:, 0, 0], 0, 0, 127, 1, None)
    playing = cocotb.start_soon(bench.play([tile]))
    await ClockCycles(dut.clk, 40)
    assert bench.sink.transfers == []
    assert bench.ports["busy"] == 1
    bench.ram.need(set())
    await playing
    assert bench.result() == expected([tile])
