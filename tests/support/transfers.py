"""What the tests of components with one input `i` and one output `o` have in common."""

import random

import cocotb
from amaranth.hdl import Shape
from cocotb.triggers import ClockCycles, FallingEdge

from tests.support.streams import Sink, Source, Stream, from_bits, reset


def random_payload(shape):
    """Anything that stands on the wires of `shape`, plain."""
    return from_bits(shape, random.getrandbits(Shape.cast(shape).width))


async def pass_through(dut, shapes, payloads, *, outputs=None, gap=0.0, stall=0.0):
    """Send `payloads`; return what came out, each with its cycle, and check that no more comes.

    `shapes` are those of `i` and `o`; `outputs` says how many payloads come out.
    """
    source = Source(Stream(dut, "i", shapes[0]))
    sink = Sink(Stream(dut, "o", shapes[1]), chance_of_stall=stall)
    outputs = len(payloads) if outputs is None else outputs
    await reset(dut)
    cocotb.start_soon(source.send_all(payloads, chance_of_gap=gap))
    await sink.take(outputs, timeout=20 * (len(payloads) + outputs) + 100)
    running = cocotb.start_soon(sink.run())
    await ClockCycles(dut.clk, 30)
    running.cancel()
    assert len(sink.transfers) == outputs
    return sink.transfers


async def absorbed(dut, shapes, payloads):
    """How many of `payloads` enter while the output is never taken; checks that it is held."""
    source = Source(Stream(dut, "i", shapes[0]))
    sink = Sink(Stream(dut, "o", shapes[1]), chance_of_stall=1.0)
    await reset(dut)
    cocotb.start_soon(sink.run())
    entered = 0
    for payload in payloads:
        sending = cocotb.start_soon(source.send(payload))
        await ClockCycles(dut.clk, 20)
        await FallingEdge(dut.clk)
        if not sending.done():
            assert dut.i__ready.value == 0
            break
        entered += 1
    return entered
