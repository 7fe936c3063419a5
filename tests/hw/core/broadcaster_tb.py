# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.core.broadcaster; started by test_broadcaster.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from grus.golden.formats import signed_range
from grus.hw.config import CraneConfig
from grus.hw.core.broadcaster import Broadcaster
from tests.support.ports import Ports, flagged
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

CONFIG = CraneConfig(**parameters()["config"])
LANES, POSITIONS, PATCH = CONFIG.broadcast_lanes, CONFIG.broadcast_positions, CONFIG.patch_positions
WRAP = 1 << (POSITIONS - 1).bit_length()


def random_value():
    """Zero half of the time."""
    return random.choice([0, random.randint(*signed_range(CONFIG.data_bits))])


class Bench:
    """One broadcaster, and a memory that answers one cycle later."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, Broadcaster(CONFIG))
        self.patches = Source(self.ports.stream("patches"))
        self.sink = Sink(self.ports.stream("o"))
        self.memory = [[random_value() for _ in range(POSITIONS)] for _ in range(2)]
        self.reads = 0

    async def begin(self):
        await reset(self.dut)
        cocotb.start_soon(self.sink.run())
        cocotb.start_soon(self._answer())

    async def _answer(self):
        while True:
            await FallingEdge(self.dut.clk)
            read = self.ports["reads__payload"] if self.ports["reads__valid"] else None
            await RisingEdge(self.dut.clk)
            if read:
                self.reads += 1
                self.ports["values"] = [self._at(read, lane) for lane in range(LANES)]
            else:
                self.ports.scramble("values")

    def _at(self, read, lane):
        """Noise outside the memory, as it is at either end of it."""
        position = (read["position"] + lane) % WRAP
        return self.memory[read["half"]][position] if position < POSITIONS else random_value()

    async def play(self, patches, *, gap=0.0):
        """Send all; return the writes of each patch as {(half, position): value}."""
        await self.patches.send_all(patches, chance_of_gap=gap)
        await ClockCycles(self.dut.clk, 4)
        payloads = iter(self.sink.payloads)
        return [[writes_of(next(payloads)) for _ in range(words_of(patch))] for patch in patches]

    def expected(self, patch):
        """What a patch must write, kernel row by kernel row."""
        memory, half = self.memory[patch["source_half"]], patch["patch_half"]
        writes = {}
        for row in range(patch["rows"]):
            source = patch["source"] + row * patch["source_step"]
            place = row * patch["patch_step"]
            for index in range(patch["run"]):
                writes[half, place + index] = memory[source + index]
        return writes


def writes_of(word):
    """Enabled lanes of a word; each must be marked if its value is not zero."""
    marked = flagged(word["nonzero"])
    lanes = flagged(word["enables"])
    assert all((word["values"][lane] != 0) == (lane in marked) for lane in lanes)
    first = word["word"] * LANES
    return {(word["half"], first + lane): word["values"][lane] for lane in lanes}


def words_of(patch):
    """Words of the patch that its kernel rows touch: one cycle for each."""
    places = [row * patch["patch_step"] for row in range(patch["rows"])]
    return sum((place + patch["run"] - 1) // LANES - place // LANES + 1 for place in places)


def merged(writes):
    """All writes of a patch; no position is written twice."""
    together = {}
    for write in writes:
        assert not together.keys() & write.keys()
        together |= write
    return together


def make_patch(*, rows, run, source, source_step, patch_step):
    return {
        "source_half": random.getrandbits(1),
        "patch_half": random.getrandbits(1),
        "source": source,
        "rows": rows,
        "run": run,
        "source_step": source_step,
        "patch_step": patch_step,
    }


def random_patch():
    """Rows that do not overlap in the patch, anywhere in the memory, its ends included."""
    rows = random.randint(1, 4)
    run = random.randint(1, PATCH // rows)
    patch_step = random.randint(run, (PATCH - run) // (rows - 1)) if rows > 1 else 0
    source_step = random.randint(0, (POSITIONS - run) // (rows - 1)) if rows > 1 else 0
    furthest = POSITIONS - run - (rows - 1) * source_step
    source = random.choice([0, furthest, random.randint(0, furthest)])
    return make_patch(
        rows=rows, run=run, source=source, source_step=source_step, patch_step=patch_step
    )


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.5])
async def sends_every_kernel_row_to_its_place(dut, gap):
    """Any patches; nothing is written beside them, nothing twice."""
    bench = Bench(dut)
    await bench.begin()
    patches = [random_patch() for _ in range(60)]
    sent = await bench.play(patches, gap=gap)
    for patch, writes in zip(patches, sent, strict=True):
        assert merged(writes) == bench.expected(patch)
    assert len(bench.sink.transfers) == bench.reads == sum(map(words_of, patches))


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def sends_one_word_a_cycle(dut):
    """Also from one patch to the next; a word leaves two cycles after it is read."""
    bench = Bench(dut)
    await bench.begin()
    patches = [random_patch() for _ in range(20)]
    await bench.play(patches)
    words = sum(map(words_of, patches))
    assert [cycle for cycle, _ in bench.sink.transfers] == list(range(2, words + 2))


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def the_whole_patch_in_one_run(dut):
    """The longest run, from either end of the memory; and the shortest, at every place."""
    bench = Bench(dut)
    await bench.begin()
    longest = [
        make_patch(rows=1, run=PATCH, source=source, source_step=0, patch_step=0)
        for source in (0, POSITIONS - PATCH)
    ]
    shortest = make_patch(rows=PATCH, run=1, source=1, source_step=1, patch_step=1)
    patches = [*longest, shortest]
    sent = await bench.play(patches)
    for patch, writes in zip(patches, sent, strict=True):
        assert merged(writes) == bench.expected(patch)
