# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.memory.half_in_use; started by test_half_in_use.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.memory.half_in_use import HalfInUse
from tests.hw.memory.fills import Fills
from tests.support.ports import Ports, flags
from tests.support.streams import reset


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(chance_needed=[0.0, 0.6])
async def frees_a_half_when_it_is_left_and_needed_no_more(dut, chance_needed):
    """Against the numbers of the fills: used in order, freed once, and never too early."""
    halves = Ports(dut, HalfInUse())
    await reset(dut)
    fills, freed = Fills(), 0
    for _ in range(1500):
        needed = {half for half in range(2) if random.random() < chance_needed}
        next_full = fills.available()
        advance = next_full and random.random() < 0.5
        halves["full"] = fills.full()
        halves["needed"] = flags(needed)
        halves["advance"] = advance
        await FallingEdge(dut.clk)
        frees = fills.freed(needed)
        assert halves["next_full"] == next_full
        assert halves["free"] == flags(number % 2 for number in frees)
        if fills.used:
            assert halves["half"] == fills.half()
        await RisingEdge(dut.clk)
        fills.free(frees)
        freed += len(frees)
        if advance:
            fills.advance()
        if random.random() < 0.5:
            fills.fill()
    assert freed > 100
