# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.output.drainer; started by test_drainer.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.output.drainer import Drainer
from tests.hw.output.drained_ram import DrainedRam, until
from tests.support.ports import Ports, flagged
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

CONFIG = CraneConfig(**parameters()["config"])
WORDS = CONFIG.output_words


class Bench:
    """One drainer between a memory and a sink."""

    def __init__(self, dut, *, stall=0.0):
        self.dut = dut
        self.ports = Ports(dut, Drainer(CONFIG))
        self.ram = DrainedRam(dut, self.ports, CONFIG)
        self.chunks = Source(self.ports.stream("chunks"))
        self.sink = Sink(self.ports.stream("o"), chance_of_stall=stall)
        self.freed = []  # halves, and how many words had left then
        self.expected = []

    async def begin(self):
        """Reset, and let the first sweep pass."""
        await reset(self.dut)
        self.ram.start()
        cocotb.start_soon(self.sink.run())
        cocotb.start_soon(self._watch())
        await until(self.dut, lambda: self.ports["cleared"])

    async def _watch(self):
        while True:
            await FallingEdge(self.dut.clk)
            leaving = int(self.ports["o__valid"] and self.ports["o__ready"])
            free = flagged(self.ports["free"])
            self.freed += [(half, len(self.sink.transfers) + leaving) for half in free]

    def load(self, chunk, items):
        """Put sums where the chunk says, and note what must come out."""
        for address in range(chunk["words"]):
            sums = [random.randint(*self.ram.range) for _ in range(CONFIG.pes)]
            self.ram.words[chunk["half"], address] = sums
            group = address % items
            last = int(group == items - 1)
            self.expected.append({"sums": sums, "group": group, "last_group": last})


def random_chunks(count, items):
    """Chunks of whole positions, half by half."""
    return [
        {"half": number % 2, "words": items * random.randint(1, WORDS // items), "last": 0}
        for number in range(count)
    ]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def clears_both_halves_first(dut):
    """Each word once, before `cleared`, and nothing of it comes out."""
    bench = Bench(dut)
    cocotb.start_soon(bench.chunks.send({"half": 0, "words": 1, "last": 0}))
    bench.ports["items"] = 1
    await bench.begin()
    await RisingEdge(dut.clk)
    places = [(half, address) for half in range(2) for address in range(WORDS)]
    assert bench.ram.reads[: 2 * WORDS] == places
    await ClockCycles(dut.clk, 5)
    assert len(bench.sink.transfers) == 1


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.5], chance_needed=[0.0, 0.5])
async def brings_every_word_of_complete_halves(dut, stall, chance_needed):
    """A half that results are on their way to is not touched; a half is free after its last."""
    bench = Bench(dut, stall=stall)
    items = random.randint(1, 4)
    bench.ports["items"] = items
    await bench.begin()
    chunks = random_chunks(8, items)
    for chunk in chunks:
        bench.load(chunk, items)
        sending = cocotb.start_soon(bench.chunks.send(chunk))
        while not sending.done():
            bench.ram.need({half for half in range(2) if random.random() < chance_needed})
            await RisingEdge(dut.clk)
    await until(dut, lambda: len(bench.sink.transfers) == len(bench.expected))
    assert bench.sink.payloads == bench.expected
    totals = [sum(chunk["words"] for chunk in chunks[: n + 1]) for n in range(len(chunks))]
    halves = [chunk["half"] for chunk in chunks]
    assert bench.freed == list(zip(halves, totals, strict=True))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def drains_one_word_a_cycle(dut):
    """Also from one half to the next."""
    bench = Bench(dut)
    bench.ports["items"] = 1
    await bench.begin()
    chunks = [{"half": half, "words": WORDS, "last": 0} for half in range(2)]
    for chunk in chunks:
        bench.load(chunk, 1)
    await bench.chunks.send_all(chunks)
    await until(dut, lambda: len(bench.sink.transfers) == 2 * WORDS)
    cycles = [cycle for cycle, _ in bench.sink.transfers]
    assert cycles == list(range(cycles[0], cycles[0] + 2 * WORDS))
    assert bench.sink.payloads == bench.expected


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def a_stalled_output_stops_the_reads(dut):
    """One word is read ahead and stands in view, its half is not free before it has left."""
    bench = Bench(dut)
    bench.ports["items"] = 1
    await bench.begin()
    bench.sink.chance_of_stall = 1.0
    await RisingEdge(dut.clk)
    chunk = {"half": 0, "words": 1, "last": 1}
    bench.load(chunk, 1)
    reads = len(bench.ram.reads)
    cocotb.start_soon(bench.chunks.send_all([chunk, {"half": 1, "words": 3, "last": 0}]))
    await ClockCycles(dut.clk, 10)
    assert len(bench.ram.reads) == reads + 1
    assert bench.freed == []
