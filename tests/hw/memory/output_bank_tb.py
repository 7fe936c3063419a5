# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.memory.output_ram.OutputBank; started by test_output_ram.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.golden.formats import signed_range
from grus.hw.config import CraneConfig
from grus.hw.memory.output_ram import OutputBank
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])
WORDS = CONFIG.output_words


class Bench:
    """One bank and the sums that it should hold."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, OutputBank(CONFIG))
        self.sums = {(half, address): 0 for half in range(2) for address in range(WORDS)}
        self.drained = None  # half, sum

    def add(self, half, address, value):
        tag = {"bank": 0, "half": half, "address": address, "round": random.getrandbits(1)}
        self.ports["i__valid"] = 1
        self.ports["i__payload"] = {"sum": value, "tag": tag}
        self.sums[half, address] += value
        if self.drained and self.drained[0] == half:
            self.drained = None  # a word in view gives way to sums in its half

    def drain(self, half, address):
        self.ports["drains__valid"] = 1
        self.ports["drains__payload"] = {"half": half, "address": address}
        self.drained = half, self.sums[half, address]
        self.sums[half, address] = 0

    async def begin(self):
        """Reset, and drain whatever the memory woke up with."""
        await reset(self.dut)
        await FallingEdge(self.dut.clk)
        for half, address in self.sums:
            self.drain(half, address)
            self.drained = None
            await self.cycle()

    async def cycle(self):
        """End the cycle; the next one begins with nothing asked for."""
        await RisingEdge(self.dut.clk)
        for name in ("i", "drains"):
            self.ports[f"{name}__valid"] = 0
            self.ports.scramble(f"{name}__payload")
        await FallingEdge(self.dut.clk)
        if self.drained:
            assert self.ports["drained"] == self.drained[1]


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(places=[1, 2, WORDS], chance=[0.5, 1.0])
async def adds_to_one_half_while_the_other_is_drained(dut, places, chance):
    """Few addresses, so that the same one often follows at once; drained words stay in view."""
    bench = Bench(dut)
    await bench.begin()
    low, high = signed_range(CONFIG.item_bits)
    for cycle in range(600):
        half = cycle // 100 % 2
        if cycle % 100 == 0:
            await bench.cycle()
        if random.random() < chance:
            bench.add(half, random.randrange(places), random.randint(low, high) // 100)
        if random.random() < chance:
            bench.drain(1 - half, random.randrange(places))
        await bench.cycle()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def holds_the_largest_and_the_smallest_sum(dut):
    """As many extreme results as an accumulator has room for."""
    bench = Bench(dut)
    await bench.begin()
    items = signed_range(CONFIG.item_bits)
    accumulators = signed_range(CONFIG.accumulator_bits)
    for address, (item, limit) in enumerate(zip(items, accumulators, strict=True)):
        for _ in range(limit // item):
            bench.add(0, address, item)
            await bench.cycle()
    await bench.cycle()
    for address in range(2):
        bench.drain(0, address)
        await bench.cycle()
        assert bench.drained[1] == items[address] * (accumulators[address] // items[address])
        bench.drain(0, address)
        await bench.cycle()
        assert bench.drained[1] == 0
