# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.memory.output_ram.OutputRam; started by test_output_ram.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.memory.output_ram import OutputRam
from tests.hw.memory.arbitration import winners
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])
BANKS, WORDS = CONFIG.group_pes, CONFIG.output_words


def random_result(half, bank):
    tag = {
        "bank": bank,
        "half": half,
        "address": random.randrange(WORDS),
        "round": random.getrandbits(1),
    }
    return {"sum": random.randint(-1000, 1000), "tag": tag}


class Bench:
    """All banks, what they should hold, and elements that repeat what was refused."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, OutputRam(CONFIG))
        self.sums = {}
        self.results = [None] * BANKS
        self.draining = None  # sums asked for in this cycle
        self.drained = None  # sums that must be in view in this cycle

    async def begin(self):
        """Reset, and drain whatever the memory woke up with."""
        await reset(self.dut)
        for half in range(2):
            for address in range(WORDS):
                self.drain(half, address)
                self.draining = None
                await self.step()

    def offer(self):
        for port, result in enumerate(self.results):
            self.ports[f"results__{port}__valid"] = result is not None
            if result is None:
                self.ports.scramble(f"results__{port}__payload")
            else:
                self.ports[f"results__{port}__payload"] = result

    def take(self):
        """Check who is taken, and add what was."""
        banks = {port: ask["tag"]["bank"] for port, ask in enumerate(self.results) if ask}
        taken = {port for port in banks if self.ports[f"results__{port}__ready"]}
        assert taken == set(winners(banks).values())
        for port in taken:
            result, self.results[port] = self.results[port], None
            tag = result["tag"]
            place = tag["half"], tag["bank"], tag["address"]
            self.sums[place] = self.sums.get(place, 0) + result["sum"]
        return len(taken)

    async def step(self):
        """One cycle: offer, check what was drained in the cycle before, take."""
        self.offer()
        await FallingEdge(self.dut.clk)
        if self.drained is not None:
            assert self.ports["drained"] == self.drained
        taken = self.take()
        self.drained, self.draining = self.draining, None
        await RisingEdge(self.dut.clk)
        self.ports["drains__valid"] = 0
        self.ports.scramble("drains__payload")
        return taken

    def drain(self, half, address):
        self.ports["drains__valid"] = 1
        self.ports["drains__payload"] = {"half": half, "address": address}
        self.draining = [self.sums.pop((half, bank, address), 0) for bank in range(BANKS)]


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(chance=[0.2, 1.0])
async def every_result_is_added_once(dut, chance):
    """Random conflicts in one half while the other is drained, and in the end both."""
    bench = Bench(dut)
    await bench.begin()
    for turn in range(6):
        half = turn % 2
        for address in range(WORDS):
            for port in range(BANKS):
                if bench.results[port] is None and random.random() < chance:
                    bench.results[port] = random_result(half, random.randrange(BANKS))
            bench.drain(1 - half, address)
            await bench.step()
        while any(bench.results):
            await bench.step()
        await bench.step()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def a_thief_waits_for_the_owner(dut):
    """Element 0 writes to its own bank all the time; element 1 wants the same bank."""
    bench = Bench(dut)
    await bench.begin()
    for _ in range(10):
        bench.results[0] = random_result(0, 0)
        bench.results[1] = bench.results[1] or random_result(0, 0)
        assert await bench.step() == 1
        assert bench.results[0] is None
    assert await bench.step() == 1
    assert bench.results[1] is None


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def takes_a_result_from_every_element_each_cycle(dut):
    """Without conflicts nobody waits, not even thieves."""
    bench = Bench(dut)
    await bench.begin()
    for shift in range(20):
        bench.results = [random_result(0, (port + shift) % BANKS) for port in range(BANKS)]
        assert await bench.step() == BANKS
