"""Stands for the output RAM where it is drained."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.golden.formats import signed_range
from tests.support.ports import flags


class DrainedRam:
    """Answers each read one cycle later, and keeps the answer until the next one.

    `words` holds the sums of each half and address; a word that is read is zero from then on.
    """

    def __init__(self, dut, ports, config):
        self.dut, self.ports = dut, ports
        self.lanes = config.pes
        self.range = signed_range(config.accumulator_bits)
        self.words = {
            (half, address): self._noise()
            for half in range(2)
            for address in range(config.output_words)
        }
        self.reads = []  # half and address of each, in order
        self.needed = set()  # halves that results are on their way to: must not be read

    def _noise(self):
        return [random.randint(*self.range) for _ in range(self.lanes)]

    def start(self):
        self.ports["drained"] = self._noise()
        cocotb.start_soon(self._run())

    async def _run(self):
        while True:
            await FallingEdge(self.dut.clk)
            read = self.ports["drains__payload"] if self.ports["drains__valid"] else None
            assert read is None or read["half"] not in self.needed
            await RisingEdge(self.dut.clk)
            if read:
                place = read["half"], read["address"]
                self.reads.append(place)
                self.ports["drained"] = self.words[place]
                self.words[place] = [0] * self.lanes

    def need(self, halves):
        self.needed = halves
        self.ports["needed"] = flags(halves)


async def until(dut, holds, *, timeout=2000):
    """Wait until `holds()` in the middle of a cycle; then go to the cycle's end."""
    for _ in range(timeout):
        await FallingEdge(dut.clk)
        held = holds()
        await RisingEdge(dut.clk)
        if held:
            return
    raise AssertionError(f"nothing happened for {timeout} cycles")
