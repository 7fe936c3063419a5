"""cocotb testbench of a tensor writer and its engine; started by test_tensor_writer.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge

from grus.sim.axi_models import pause, quieten
from tests.hw.dma.maps import beats_of, random_map
from tests.hw.dma.slots import from_parameters
from tests.hw.dma.writing import Writing
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Source, reset

SLOTS = from_parameters(parameters())
CONFIG, AXI = SLOTS.config, SLOTS.axi
BYTES = 1 << 16


def written_memory(dut, prefix, size):
    """An `AxiRamWrite` of `size` bytes at the ports ``prefix_awaddr``, ..."""
    from cocotbext.axi import AxiRamWrite, AxiWriteBus  # warns unless axi_models came before

    ram = AxiRamWrite(AxiWriteBus.from_prefix(dut, prefix), dut.clk, dut.rst, size=size)
    quieten(ram)
    return ram


@cocotb.test(timeout_time=3, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.5, 0.0), (0.0, 0.7), (0.3, 0.3)]))
async def memory_is_as_expected(dut, gap, stall):
    """Every byte of it, those that must not change among them."""
    ports = Ports(dut, Writing(SLOTS))
    commands, results = Source(ports.stream("commands")), Source(ports.stream("results"))
    ram = written_memory(dut, "m_axi", BYTES)
    expected = bytearray(random.randbytes(BYTES))
    ram.write(0, bytes(expected))
    ports["end_address"] = BYTES
    tiles, beats, end = [], [], random.randint(0, 5000)
    for _ in range(8):
        tiles.append(random_map(CONFIG, AXI.word_bytes, end, largest=4).random_tile())
        end = tiles[-1].map.end
        segments = tiles[-1].random_segments()
        tiles[-1].expect(expected, segments)
        beats += [beat for pairs in segments for beat in beats_of(CONFIG, pairs)]
    assert end < BYTES
    await reset(dut)
    if stall:
        pause(ram.aw_channel, ram.w_channel, ram.b_channel, chance=stall)
    cocotb.start_soon(commands.send_all([tile.command for tile in tiles], chance_of_gap=gap))
    sending = cocotb.start_soon(results.send_all(beats, chance_of_gap=gap))
    for _ in range(50_000):
        await FallingEdge(dut.clk)
        if sending.done() and ports["idle"]:
            break
    assert sending.done()
    assert ports["idle"]
    assert ram.read(0, BYTES) == expected
    assert not ports["malformed"]
    assert not ports["error"]
