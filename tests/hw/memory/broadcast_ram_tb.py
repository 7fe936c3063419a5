# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.memory.broadcast_ram; started by test_broadcast_ram.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.golden.formats import signed_range
from grus.hw.config import CraneConfig
from grus.hw.memory.broadcast_ram import BroadcastRam
from tests.support.ports import Ports, flags
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])
LANES, WORDS, POSITIONS = CONFIG.broadcast_lanes, CONFIG.broadcast_words, CONFIG.broadcast_positions
WRAP = 1 << (POSITIONS - 1).bit_length()


class Bench:
    """One memory and the positions that it should hold."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, BroadcastRam(CONFIG))
        self.positions = {}  # (half, position) -> value
        self.read = None  # half and first position of the read before

    def write(self, half, word, enables):
        values = [random.randint(*signed_range(CONFIG.data_bits)) for _ in range(LANES)]
        self.ports["writes__valid"] = 1
        self.ports["writes__payload"] = {
            "half": half,
            "word": word,
            "enables": flags(enables),
            "values": values,
        }
        for lane in enables:
            self.positions[half, word * LANES + lane] = values[lane]

    def ask(self, half, position):
        self.ports["reads__valid"] = 1
        self.ports["reads__payload"] = {"half": half, "position": position % WRAP}
        self.read = half, position

    async def cycle(self):
        """End the cycle, check what was asked for; the next one begins idle."""
        await RisingEdge(self.dut.clk)
        for name in ("writes", "reads"):
            self.ports[f"{name}__valid"] = 0
            self.ports.scramble(f"{name}__payload")
        await FallingEdge(self.dut.clk)
        if self.read:
            self.check(*self.read)

    def check(self, half, position):
        """Lanes outside the memory mean nothing."""
        shown = self.ports.defined("values")
        inside = [lane for lane in range(LANES) if 0 <= position + lane < POSITIONS]
        for lane in inside:
            assert shown[lane] == self.positions[half, position + lane]


async def filled(dut):
    bench = Bench(dut)
    await reset(dut)
    await FallingEdge(dut.clk)
    for half in range(2):
        for word in range(WORDS):
            bench.write(half, word, range(LANES))
            await bench.cycle()
    return bench


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def every_position_can_be_the_first(dut):
    """Also before position 0, and so late that the read ends behind the last one."""
    bench = await filled(dut)
    for half in range(2):
        for position in range(1 - LANES, POSITIONS):
            bench.ask(half, position)
            await bench.cycle()


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def one_half_is_written_while_the_other_is_read(dut):
    """Some lanes of a word, any read; a read that pauses leaves its values in view."""
    bench = await filled(dut)
    for cycle in range(800):
        half = cycle // 50 % 2
        if cycle % 50 == 0:
            bench.read = None
        if random.random() < 0.7:
            enables = [lane for lane in range(LANES) if random.random() < 0.5]
            bench.write(1 - half, random.randrange(WORDS), enables)
        if random.random() < 0.7:
            bench.ask(half, random.randrange(1 - LANES, POSITIONS))
        await bench.cycle()
