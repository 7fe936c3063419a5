"""cocotb testbench of hw.board.uart_transmitter; started by test_uart.py."""

import random
from itertools import pairwise

import cocotb
from cocotb.triggers import FallingEdge

from tests.hw.board.frames import frame
from tests.support.runner import parameters
from tests.support.streams import Source, Stream, reset

BIT_CYCLES = parameters()["bit_cycles"]


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(gap=[0.0, 0.97])
async def sends_whole_frames(dut, gap):
    """Each level lasts a whole number of bits, and the line rests high."""
    source = Source(Stream(dut, "i", 8))
    await reset(dut)
    sent = [0x00, 0xFF, 0x7F, 0x80, *(random.getrandbits(8) for _ in range(20))]
    sending = cocotb.start_soon(source.send_all(sent, chance_of_gap=gap))
    levels = []
    while (
        not sending.done() or len(levels) < 12 * BIT_CYCLES or not all(levels[-12 * BIT_CYCLES :])
    ):
        await FallingEdge(dut.clk)
        levels.append(int(dut.line.value))
    found = []
    rest = levels
    while 0 in rest:
        rest = rest[rest.index(0) :]
        bits = [rest[n * BIT_CYCLES : (n + 1) * BIT_CYCLES] for n in range(10)]
        assert all(len(set(bit)) == 1 for bit in bits), "a bit changes within its time"
        found.append([bit[0] for bit in bits])
        rest = rest[10 * BIT_CYCLES :]
    assert found == [frame(byte) for byte in sent]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def takes_a_byte_in_ten_bits(dut):
    """Bytes that wait are taken one each ten bits' time, and one more cycle."""
    source = Source(Stream(dut, "i", 8))
    await reset(dut)
    cocotb.start_soon(source.send_all(range(5)))
    taken = []
    for cycle in range(50 * BIT_CYCLES + 10):
        await FallingEdge(dut.clk)
        if dut.i__valid.value == 1 and dut.i__ready.value == 1:
            taken.append(cycle)
    assert len(taken) == 5
    gaps = {later - earlier for earlier, later in pairwise(taken)}
    assert len(gaps) == 1
    assert 10 * BIT_CYCLES <= gaps.pop() <= 10 * BIT_CYCLES + 1
