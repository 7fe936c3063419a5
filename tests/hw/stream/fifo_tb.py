"""cocotb testbench of hw.stream.fifo; started by test_fifo.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from tests.support.runner import parameters
from tests.support.streams import Sink, Source, Stream, reset

DEPTH, BITS = parameters()["depth"], parameters()["bits"]


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def keeps_order_and_content(dut, gap, stall):
    """All payloads come out, in order, whatever the pauses."""
    source = Source(Stream(dut, "i", BITS))
    sink = Sink(Stream(dut, "o", BITS), chance_of_stall=stall)
    await reset(dut)
    sent = [random.getrandbits(BITS) for _ in range(200)]
    cocotb.start_soon(source.send_all(sent, chance_of_gap=gap))
    assert await sink.take(len(sent), timeout=2000) == sent


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def passes_one_payload_a_cycle(dut):
    """Throughput is one, latency is one cycle."""
    source = Source(Stream(dut, "i", BITS))
    sink = Sink(Stream(dut, "o", BITS))
    await reset(dut)
    cocotb.start_soon(source.send_all(range(50)))
    await sink.take(50, timeout=200)
    cycles = [cycle for cycle, _ in sink.transfers]
    step = 1 if DEPTH > 1 else 2
    assert cycles == [1 + step * n for n in range(50)]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def fills_up_and_says_so(dut):
    """A stalled output stops the input only when `depth` payloads are held."""
    source = Source(Stream(dut, "i", BITS))
    Sink(Stream(dut, "o", BITS))
    await reset(dut)
    cocotb.start_soon(source.send_all(range(DEPTH + 3)))
    await ClockCycles(dut.clk, DEPTH + 5)
    await FallingEdge(dut.clk)
    assert dut.level.value == DEPTH
    assert dut.i__ready.value == 0
