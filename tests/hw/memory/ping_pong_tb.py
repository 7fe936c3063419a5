# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.memory.ping_pong; started by test_ping_pong.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.memory.ping_pong import PingPong
from tests.support.ports import Ports, flags
from tests.support.streams import reset


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def fills_in_turn_and_frees_on_demand(dut):
    """Random fills and releases, both at once too, against a set of full halves."""
    halves = Ports(dut, PingPong())
    await reset(dut)
    full, fills = set(), 0
    for _ in range(1000):
        half = fills % 2
        filled = half not in full and random.random() < 0.5
        free = {number for number in full if random.random() < 0.4}
        halves["filled"] = filled
        halves["free"] = flags(free)
        await FallingEdge(dut.clk)
        assert halves["half"] == half
        assert halves["full"] == flags(full)
        await RisingEdge(dut.clk)
        full -= free
        if filled:
            full.add(half)
            fills += 1
    assert fills > 200
