"""cocotb testbench of hw.dma.burst_buffer; started by test_burst_buffer.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.dma.burst_buffer import BurstBuffer
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, reset

DEPTH, BITS = parameters()["depth"], parameters()["bits"]


async def play(dut, ports, *, cycles, offer, keep, drop):
    """Offer words with the chances given; returns those that must come out, and what remains."""
    kept, loose = [], []
    for _ in range(cycles):
        word = random.getrandbits(BITS)
        ports["i__valid"] = int(random.random() < offer)
        ports["i__payload"] = word
        ports["keep"] = int(random.random() < keep or len(loose) == DEPTH - 1)
        ports["drop"] = int(random.random() < drop)
        await RisingEdge(dut.clk)
        if ports["drop"]:
            loose = []
        elif ports["i__valid"] and ports["i__ready"]:
            loose.append(word)
            if ports["keep"]:
                kept, loose = kept + loose, []
    ports["i__valid"] = ports["drop"] = 0
    return kept, loose


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.5, 0.9], drop=[0.0, 0.1])
async def keeps_order_and_content(dut, stall, drop):
    """Exactly the kept words come out, in order."""
    ports = Ports(dut, BurstBuffer(BITS, DEPTH))
    sink = Sink(ports.stream("o"), chance_of_stall=stall)
    await reset(dut)
    running = cocotb.start_soon(sink.run())
    kept, _ = await play(dut, ports, cycles=1000, offer=0.8, keep=0.4, drop=drop)
    sink.chance_of_stall = 0.0
    await FallingEdge(dut.clk)
    while not ports["empty"]:
        await FallingEdge(dut.clk)
    await RisingEdge(dut.clk)
    running.cancel()
    assert sink.payloads == kept
    assert len(kept) > 50


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def passes_one_word_a_cycle(dut):
    """Throughput is one, latency is 2 cycles."""
    ports = Ports(dut, BurstBuffer(BITS, DEPTH))
    sink = Sink(ports.stream("o"))
    await reset(dut)
    cocotb.start_soon(sink.run())
    await play(dut, ports, cycles=60, offer=1.0, keep=1.0, drop=0.0)
    assert [cycle for cycle, _ in sink.transfers][:50] == list(range(2, 52))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def holds_what_it_says(dut):
    """`depth` words and the one at the output; words that are not kept never leave."""
    ports = Ports(dut, BurstBuffer(BITS, DEPTH))
    sink = Sink(ports.stream("o"))
    await reset(dut)
    kept, _ = await play(dut, ports, cycles=3 * DEPTH + 5, offer=1.0, keep=1.0, drop=0.0)
    assert len(kept) == DEPTH + 1
    assert await sink.take(DEPTH + 1, timeout=2 * DEPTH + 5) == kept
    cocotb.start_soon(sink.run())
    for _ in range(DEPTH):
        ports["i__valid"], ports["keep"] = 1, 0
        await RisingEdge(dut.clk)
    await FallingEdge(dut.clk)
    assert (ports["i__ready"], ports["o__valid"], ports["empty"]) == (0, 0, 1)
