# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.output.window_axis; started by test_window_axis.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.golden.pooling import pooled_length
from grus.hw.config import CraneConfig
from grus.hw.output.window_axis import WindowAxis
from tests.hw.output.pools import edge
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])
EVENTS = ("restart", "advance", "visit", "revisit")


class Bench:
    """One axis, and the windows of a map."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, WindowAxis(CONFIG))

    def configure(self, *, kernel, stride, padding, windows, step):
        """Windows that follow each other at distance `step`, as many as can be open at once."""
        self.kernel, self.stride, self.padding = kernel, stride, padding
        self.windows, self.step = windows, step
        self.limit = -(-kernel // stride) * step
        self.ports["edge"] = edge(padding, stride, step)
        self.ports["kernel"] = kernel
        self.ports["stride"] = stride
        self.ports["windows"] = windows
        self.ports["place_step"] = step
        self.ports["place_limit"] = self.limit

    async def event(self, name=None):
        for event in EVENTS:
            self.ports[event] = event == name
        await RisingEdge(self.dut.clk)
        for event in EVENTS:
            self.ports[event] = 0
        await FallingEdge(self.dut.clk)

    def check(self, coordinate, window):
        """The window visited; the one before it covers the coordinate if its end lies behind."""
        offset = coordinate - (window * self.stride - self.padding)
        there = 0 <= window < self.windows and offset < self.kernel
        assert self.ports["coordinate"] == coordinate
        assert self.ports["offset"] == offset
        assert self.ports["there"] == there
        assert self.ports["more"] == (offset + self.stride < self.kernel)
        if there:
            assert self.ports["place"] == window * self.step % self.limit
        return offset + self.stride < self.kernel


async def visit_all(bench, coordinate):
    """All windows of one coordinate from the last that begins at or before it."""
    window = (coordinate + bench.padding) // bench.stride
    while bench.check(coordinate, window):
        await bench.event("visit")
        window -= 1


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def walks_over_a_map(dut):
    """Any window shape; the windows of a coordinate may be visited again."""
    bench = Bench(dut)
    await reset(dut)
    for _ in range(60):
        kernel, stride = random.randint(1, 6), random.randint(1, 5)
        padding, length = random.randrange(kernel), random.randint(kernel, 12)
        windows = pooled_length(length, kernel, stride, padding, random.randrange(kernel))
        step = random.randint(1, 3)
        bench.configure(kernel=kernel, stride=stride, padding=padding, windows=windows, step=step)
        await bench.event("restart")
        for coordinate in range(length):
            await visit_all(bench, coordinate)
            while random.random() < 0.3:
                await bench.event("revisit")
                await visit_all(bench, coordinate)
            await bench.event()
            await bench.event("advance")
