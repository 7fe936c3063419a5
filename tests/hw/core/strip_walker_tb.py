# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.core.strip_walker; started by test_strip_walker.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.core.strip_walker import StripWalker
from tests.hw.core.strips import random_tile, strips_of
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def shows_each_strip_until_the_step(dut):
    """Tile after tile; after the last strip the walk is back at the beginning."""
    walker = Ports(dut, StripWalker(CONFIG))
    await reset(dut)
    for _ in range(60):
        tile = random_tile(CONFIG, drain=random.getrandbits(1))
        walker["tile"] = tile
        for expected in strips_of(tile):
            steps = 0
            while not steps:
                steps = random.getrandbits(1)
                walker["step"] = steps
                await FallingEdge(dut.clk)
                assert {name: walker[name] for name in expected} == expected
                await RisingEdge(dut.clk)
