"""cocotb testbench of hw.dma.tensor_writer; started by test_tensor_writer.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.dma.tensor_writer import TensorWriter
from tests.hw.dma.maps import beats_of, random_map, random_pairs
from tests.hw.dma.slots import from_parameters
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

SLOTS = from_parameters(parameters())
CONFIG, AXI = SLOTS.config, SLOTS.axi
WORD = AXI.word_bytes
BYTES = 1 << 17
PAIRS_IN_WORD = AXI.data_bits // CONFIG.pair_bits


class Bench:
    """A writer, and the memory behind it."""

    def __init__(self, dut, *, stall=0.0):
        self.dut = dut
        self.ports = Ports(dut, TensorWriter(SLOTS))
        self.commands = Source(self.ports.stream("commands"))
        self.results = Source(self.ports.stream("results"))
        self.sink = Sink(self.ports.stream("o"), chance_of_stall=stall)

    async def play(self, commands, beats, *, gap=0.0):
        """All that is written, each word as (cycle, address, bytes by their place)."""
        await reset(self.dut)
        running = cocotb.start_soon(self.sink.run())
        cocotb.start_soon(self.commands.send_all(commands, chance_of_gap=gap))
        sending = cocotb.start_soon(self.results.send_all(beats, chance_of_gap=gap))
        for _ in range(400 * len(commands) + 40 * len(beats) + 100):
            await FallingEdge(self.dut.clk)
            if sending.done() and self.ports["idle"]:
                break
        assert sending.done(), "stuck"
        assert self.ports["idle"], "not idle"
        await ClockCycles(self.dut.clk, 20)
        running.cancel()
        return list(self.writes())

    def writes(self):
        """Runs cut into words; within a run each follows the one before."""
        address = None
        for cycle, word in self.sink.transfers:
            address = word["address"] // WORD * WORD if address is None else address + WORD
            data = word["data"].to_bytes(WORD, "little")
            yield cycle, address, {n: data[n] for n in range(WORD) if word["strobe"] >> n & 1}
            if word["last"]:
                address = None
        assert address is None, "the last run has no end"


def applied(memory, writes):
    """The memory after `writes`, each byte of which may be written once."""
    memory, touched = bytearray(memory), set()
    for _, address, data in writes:
        assert data, "a word without a byte to write"
        for place, byte in data.items():
            assert address + place not in touched, "written twice"
            touched.add(address + place)
            memory[address + place] = byte
    return memory


async def check(bench, tiles, *, gap=0.0, full=False):
    """Play tiles; the whole memory must be as expected. Returns the cycle of each word."""
    before = random.randbytes(BYTES)
    expected = bytearray(before)
    beats = []
    for tile in tiles:
        segments = tile.random_segments()
        tile.expect(expected, segments)
        for pairs in segments:
            beats += beats_of(CONFIG, pairs, full=full)
    writes = await bench.play([tile.command for tile in tiles], beats, gap=gap)
    assert applied(before, writes) == expected
    assert not bench.ports["malformed"]
    return [cycle for cycle, _, _ in writes]


def random_maps(count, **options):
    maps, end = [], random.randint(0, 500)
    for _ in range(count):
        maps.append(random_map(CONFIG, WORD, end, **options))
        end = maps[-1].end
    assert end < BYTES
    return maps


@cocotb.test(timeout_time=3, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.0, 0.5), (0.5, 0.0), (0.6, 0.6)]))
async def writes_both_formats(dut, gap, stall):
    bench = Bench(dut, stall=stall)
    await check(bench, [each.random_tile() for each in random_maps(8, largest=4)], gap=gap)


@cocotb.test(timeout_time=3, timeout_unit="ms")
@cocotb.parametrize(parts=[1, 2])
async def joins_dense_pixels(dut, parts):
    """Pixels begin at every place in a word; one part: each row is a single run."""
    maps = random_maps(4, dense=True, parts=parts, longest=11)
    bench = Bench(dut, stall=0.2)
    await check(bench, [each.whole() for each in maps])
    runs = sum(word["last"] for _, word in bench.sink.transfers)
    assert runs == sum(each.rows * (1 if parts == 1 else 2 * each.columns) for each in maps)


@cocotb.test(timeout_time=3, timeout_unit="ms")
async def has_a_segment_of_the_greatest_length(dut):
    maps = random_maps(2, largest=2, parts=1)
    for each, dense in zip(maps, (False, True), strict=True):
        each.dense = dense
        each.length = each.last_length = min(255, (1 << CONFIG.count_bits) - 1)
    maps[1].base = maps[0].base + BYTES // 2
    for each in maps:
        each.__post_init__()
    await check(Bench(dut), [each.whole() for each in maps])


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(nothing=["rows", "columns", "parts"])
async def skips_empty_commands(dut, nothing):
    tiles = [each.whole() for each in random_maps(2, largest=2)]
    bench, before = Bench(dut), random.randbytes(BYTES)
    expected = bytearray(before)
    beats = []
    for tile in tiles:
        segments = tile.random_segments()
        tile.expect(expected, segments)
        beats += [beat for pairs in segments for beat in beats_of(CONFIG, pairs)]
    empty = {**tiles[0].command, nothing: 0}
    commands = [empty, tiles[0].command, empty, empty, tiles[1].command, empty]
    assert applied(before, await bench.play(commands, beats)) == expected


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def takes_words_and_a_cycle(dut):
    """A segment of k words takes k + 1 cycles, in one beat, or in beats of more than a word."""
    longest = CONFIG.pes if CONFIG.pes <= PAIRS_IN_WORD else 40
    tile = random_maps(1, dense=False, largest=4, longest=longest)[0].random_tile()
    cycles = await check(Bench(dut), [tile], full=True)
    firsts = [tile.column[0], tile.part[0], tile.row[0]]
    first = sum(first.bit_length() for first in firsts) + 6
    assert cycles == list(range(first, first + len(cycles)))


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(dense=[False, True], full=[False, True])
async def takes_no_more_cycles_than_it_says(dut, dense, full):
    """k + b cycles for a segment, k + b - 1 for a dense row."""
    tile = random_maps(1, dense=dense, parts=1)[0].whole()
    segments = tile.random_segments()
    beats = [beat for pairs in segments for beat in beats_of(CONFIG, pairs, full=full)]
    writes = await Bench(dut).play([tile.command], beats)
    counters = 0 if dense else len(segments)
    rows = tile.row[1] if dense else 0
    assert writes[-1][0] - 5 <= len(writes) - counters + len(beats) - rows


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(
    case=["too long", "far too long", "counter", "dense too long", "too short", "zeros"],
    stall=[0.0, 0.5],
)
async def writes_nothing_out_of_place(dut, case, stall):
    """One segment is wrong: the flag is set, all others are whole, and nothing hangs."""
    dense = case in ("dense too long", "too short", "zeros")
    tile = random_maps(1, dense=dense, longest=20)[0].whole()
    segments = tile.random_segments()
    wrong = random.randrange(len(segments))
    place = tile.places[wrong]
    length = tile.map.length_of(place[0])
    more = {"far too long": 3 * length + 20, "too long": 1, "dense too long": 1}.get(case, 0)
    pairs = random_pairs(CONFIG, length + more, dense=dense)
    if case == "too short":
        pairs.pop()
    beats = [beats_of(CONFIG, segment) for segment in segments]
    beats[wrong] = beats_of(CONFIG, pairs)
    if case == "counter":
        beats[wrong][-1]["count"] ^= 1
    if case == "zeros":
        beats[wrong][0]["pairs"][0]["zeros"] = 1
    segments[wrong] = pairs[:length]
    before = random.randbytes(BYTES)
    expected = bytearray(before)
    tile.expect(expected, segments)
    bench = Bench(dut, stall=stall)
    writes = await bench.play([tile.command], [beat for segment in beats for beat in segment])
    assert applied(before, writes) == expected
    assert bench.ports["malformed"]


@cocotb.test(timeout_time=2, timeout_unit="ms", skip=CONFIG.count_bits < 9)
async def refuses_a_counter_of_more_than_a_byte(dut):
    each = random_map(CONFIG, WORD, 0, dense=False, largest=1, parts=1)
    each.length = each.last_length = 256
    each.__post_init__()
    beats = beats_of(CONFIG, random_pairs(CONFIG, 256, dense=False))
    bench = Bench(dut)
    await bench.play([each.whole().command], beats)
    assert bench.ports["malformed"]
