# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.memory.crossbar; started by test_crossbar.py."""

import random

import cocotb
from cocotb.triggers import Timer

from grus.hw.memory.crossbar import Crossbar
from tests.support.ports import Ports
from tests.support.runner import parameters

BITS, PORTS = parameters()["bits"], parameters()["ports"]


async def expect(crossbar, inputs, select):
    crossbar["i"] = inputs
    crossbar["select"] = select
    await Timer(1, "ns")
    assert crossbar["o"] == [inputs[source] for source in select]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def shows_the_selected_inputs(dut):
    """Each output shows its own choice, several the same input if they want it."""
    crossbar = Ports(dut, Crossbar(BITS, PORTS))
    for _ in range(300):
        inputs = [random.getrandbits(BITS) for _ in range(PORTS)]
        await expect(crossbar, inputs, [random.randrange(PORTS) for _ in range(PORTS)])


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def every_output_reaches_every_input(dut):
    """All pairs, each while all others look elsewhere."""
    crossbar = Ports(dut, Crossbar(BITS, PORTS))
    inputs = random.sample(range(1 << BITS), PORTS)
    for output in range(PORTS):
        for source in range(PORTS):
            select = [(source + 1) % PORTS] * PORTS
            select[output] = source
            await expect(crossbar, inputs, select)
