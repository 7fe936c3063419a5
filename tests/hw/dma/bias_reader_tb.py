"""cocotb testbench of hw.dma.bias_reader; started by test_bias_reader.py."""

import random

import cocotb
import numpy as np

from grus.compiler.memory.formats import pack_biases
from grus.golden.formats import signed_range
from grus.hw.dma.bias_reader import BiasReader
from tests.hw.dma.slots import from_parameters, widths_of
from tests.support.ports import Ports
from tests.support.read_memory import RequestedMemory
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

SLOTS = from_parameters(parameters())


async def read(dut, counts, *, latency, stall=0.0):
    """Read blocks of so many biases, and compare; returns the memory and the sink."""
    ports = Ports(dut, BiasReader(SLOTS))
    streams = ports.stream("requests"), ports.stream("words")
    memory = RequestedMemory(*streams, SLOTS.axi, latency=latency, stall=stall)
    source = Source(ports.stream("commands"))
    sink = Sink(ports.stream("o"), chance_of_stall=stall)
    commands, expected, place = [], [], SLOTS.axi.word_bytes
    for count in counts:
        low, high = signed_range(SLOTS.config.accumulator_bits)
        biases = [random.choice([low, high, random.randint(low, high)]) for _ in range(count)]
        content = pack_biases(np.array(biases), widths_of(SLOTS))
        memory.write(place, content)
        commands.append({"address": place, "count": count})
        expected += biases
        place += len(content)
    await reset(dut)
    memory.start()
    cocotb.start_soon(source.send_all(commands))
    assert await sink.take(len(expected), timeout=4000) == expected
    per_word = SLOTS.axi.data_bits // 64
    assert [words for _, words in memory.requests] == [-(-count // per_word) for count in counts]
    return memory, sink


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize((("latency", "stall"), [(1, 0.0), (20, 0.5)]))
async def every_bias_comes(dut, latency, stall):
    most = SLOTS.largest_tile_segments
    counts = [most, *(random.randint(1, most) for _ in range(12)), 1, 1, 2]
    await read(dut, counts, latency=latency, stall=stall)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def one_bias_comes_a_cycle(dut):
    """Also from one command to the next, if the memory answers in time."""
    _, sink = await read(dut, [9, 8, 9, 7, 9], latency=5)
    cycles = [cycle for cycle, _ in sink.transfers]
    assert cycles == list(range(cycles[0], cycles[0] + 42))
