"""cocotb testbench of hw.pe.in_flight; started by test_in_flight.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge

from grus.hw.pe.in_flight import InFlight
from tests.support.ports import Ports, flagged
from tests.support.runner import parameters
from tests.support.streams import reset

CAPACITY = parameters()["capacity"]


class Bench:
    """The component, and the list of halves under way that it must know of."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, InFlight(CAPACITY))
        self.under_way = []

    async def start(self):
        """The tests go from falling edge to falling edge."""
        await reset(self.dut)
        await FallingEdge(self.dut.clk)

    async def cycle(self, *, enter=None, leave=None):
        """Halves that something enters for, and leaves; None for nothing, with noise beside it."""
        for name, half in (("enter", enter), ("leave", leave)):
            self.ports[name] = int(half is not None)
            self.ports[f"{name}_half"] = random.randrange(2) if half is None else half
        await FallingEdge(self.dut.clk)
        self.under_way += [] if enter is None else [enter]
        if leave is not None:
            self.under_way.remove(leave)
        assert flagged(self.ports["needed"]) == set(self.under_way)


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(chance_to_enter=[0.3, 0.6], chance_to_leave=[0.3, 0.6])
async def knows_what_is_under_way(dut, chance_to_enter, chance_to_leave):
    bench = Bench(dut)
    await bench.start()
    for _ in range(300):
        enter = leave = None
        if bench.under_way and random.random() < chance_to_leave:
            leave = bench.under_way[0]
        has_room = leave is not None or len(bench.under_way) < CAPACITY
        if has_room and random.random() < chance_to_enter:
            enter = random.randrange(2)
        await bench.cycle(enter=enter, leave=leave)


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(half=[0, 1])
async def counts_to_its_capacity(dut, half):
    """Fills up, stays full while one enters as another leaves, then empties."""
    bench = Bench(dut)
    await bench.start()
    for _ in range(CAPACITY):
        await bench.cycle(enter=half)
    for _ in range(3):
        await bench.cycle(enter=half, leave=half)
    for _ in range(CAPACITY):
        await bench.cycle(leave=half)
    assert not bench.under_way
