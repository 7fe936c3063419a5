# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.output.bias_loader; started by test_bias_loader.py."""

import random
from itertools import chain

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from grus.golden.formats import signed_range
from grus.hw.config import CraneConfig
from grus.hw.output.bias_loader import BiasLoader
from tests.support.ports import Ports, flagged, flags
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

CONFIG = CraneConfig(**parameters()["config"])
LANES = CONFIG.pes


def random_block():
    return {
        "items": random.randint(1, CONFIG.resident_rows),
        "last_pe": random.randrange(LANES),
    }


def channels(block):
    return (block["items"] - 1) * LANES + block["last_pe"] + 1


def places(number, block, biases):
    """Where the biases of a block go: channel by channel over the lanes, group by group."""
    return [
        {"half": number % 2, "group": channel // LANES, "lane": channel % LANES, "bias": bias}
        for channel, bias in enumerate(biases)
    ]


async def load(dut, blocks, *, gap=0.0):
    """Offer blocks and their biases; return the sink of the writes, and what it should see."""
    ports = Ports(dut, BiasLoader(CONFIG))
    sources = Source(ports.stream("blocks")), Source(ports.stream("i"))
    sink = Sink(ports.stream("writes"))
    await reset(dut)
    biases = [
        [random.randint(*signed_range(CONFIG.accumulator_bits)) for _ in range(channels(block))]
        for block in blocks
    ]
    cocotb.start_soon(sources[0].send_all(blocks, chance_of_gap=gap))
    cocotb.start_soon(sources[1].send_all(chain.from_iterable(biases), chance_of_gap=gap))
    cocotb.start_soon(sink.run())
    numbered = enumerate(zip(blocks, biases, strict=True))
    expected = chain.from_iterable(places(number, *block) for number, block in numbered)
    return ports, sink, list(expected)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.5])
async def every_bias_goes_to_its_place(dut, gap):
    """A block waits until its half is free; halves are set free after a while."""
    ports, sink, expected = await load(dut, [random_block() for _ in range(20)], gap=gap)
    written_while_full = []
    while len(sink.transfers) < len(expected):
        await FallingEdge(dut.clk)
        full = flagged(ports["full"])
        if ports["writes__valid"] and ports["writes__payload"]["half"] in full:
            written_while_full.append(sink.cycle)
        free = {half for half in full if random.random() < 0.1}
        ports["free"] = flags(free)
        await RisingEdge(dut.clk)
        ports["free"] = 0
    assert sink.payloads == expected
    assert written_while_full == []


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def loads_two_blocks_and_no_more(dut):
    """One bias a cycle, without a gap between the halves."""
    blocks = [random_block() for _ in range(3)]
    ports, sink, expected = await load(dut, blocks)
    count = sum(map(channels, blocks[:2]))
    await ClockCycles(dut.clk, count + 20)
    assert sink.payloads == expected[:count]
    assert [cycle for cycle, _ in sink.transfers] == list(range(count))
    assert ports["full"] == flags({0, 1})
    assert ports["blocks__ready"] == 0
