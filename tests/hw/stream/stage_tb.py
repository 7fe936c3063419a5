"""cocotb testbench of hw.stream.stage; started by test_stage.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, Timer

from tests.support.runner import parameters
from tests.support.streams import Source, Stream, reset
from tests.support.transfers import absorbed, pass_through

BITS = parameters()["bits"]
SHAPES = BITS, BITS


def larger_by_one(payloads):
    return [(payload + 1) % 2**BITS for payload in payloads]


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def registers_what_is_computed(dut, gap, stall):
    sent = [random.getrandbits(BITS) for _ in range(200)]
    transfers = await pass_through(dut, SHAPES, sent, gap=gap, stall=stall)
    assert [payload for _, payload in transfers] == larger_by_one(sent)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def passes_one_payload_a_cycle(dut):
    transfers = await pass_through(dut, SHAPES, range(50))
    assert [cycle for cycle, _ in transfers] == [1 + n for n in range(50)]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_one_payload(dut):
    assert await absorbed(dut, SHAPES, range(5)) == 1


@cocotb.test(timeout_time=100, timeout_unit="us")
async def ready_follows_ready_at_once(dut):
    """Full, it takes a payload in the very cycle in which one leaves."""
    source = Source(Stream(dut, "i", BITS))
    dut.o__ready.value = 0
    await reset(dut)
    await source.send(3)
    await FallingEdge(dut.clk)
    for ready in (1, 0, 1):
        dut.o__ready.value = ready
        await Timer(1, unit="ns")
        assert dut.i__ready.value == ready


@cocotb.test(timeout_time=100, timeout_unit="us")
async def reset_drops_the_payload(dut):
    source = Source(Stream(dut, "i", BITS))
    dut.o__ready.value = 0
    await reset(dut)
    await source.send(3)
    dut.rst.value = 1
    await FallingEdge(dut.clk)
    await FallingEdge(dut.clk)
    assert dut.o__valid.value == 0
