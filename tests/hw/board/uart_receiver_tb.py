"""cocotb testbench of hw.board.uart_receiver; started by test_uart.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, Timer

from tests.hw.board.frames import frame, send_bits
from tests.support.runner import parameters
from tests.support.streams import Sink, Stream, reset

BIT_CYCLES = parameters()["bit_cycles"]
BIT_NS = 10 * BIT_CYCLES


async def started(dut):
    dut.line.value = 1
    await reset(dut)
    sink = Sink(Stream(dut, "o", 8))
    cocotb.start_soon(sink.run())
    await ClockCycles(dut.clk, BIT_CYCLES)
    return sink


@cocotb.test(timeout_time=10, timeout_unit="ms")
@cocotb.parametrize(pace=[0.97, 1.0, 1.03])
async def takes_bytes_of_a_host_whose_clock_is_another(dut, pace):
    """All bytes in order, back to back or with pauses, also from a host that is fast or slow."""
    sink = await started(dut)
    sent = [0x00, 0xFF, 0x7F, 0x80, *(random.getrandbits(8) for _ in range(40))]
    for byte in sent:
        await send_bits(dut.line, frame(byte), BIT_NS * pace)
        if random.random() < 0.3:
            await Timer(random.randrange(1, 3 * BIT_NS), unit="ns")
    await ClockCycles(dut.clk, 2 * BIT_CYCLES)
    assert sink.payloads == sent


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def drops_what_has_no_stop_bit(dut):
    """A frame without its stop bit, and a break, however long; the next frame is taken."""
    sink = await started(dut)
    for low_bits in (10, 34):
        await send_bits(dut.line, [0] * low_bits + [1] * 12, BIT_NS)
        await send_bits(dut.line, frame(0xA5), BIT_NS)
    await send_bits(dut.line, [*frame(0x3C)[:-1], 0, 1], BIT_NS)
    await send_bits(dut.line, frame(0x5A), BIT_NS)
    await ClockCycles(dut.clk, 2 * BIT_CYCLES)
    assert sink.payloads == [0xA5, 0xA5, 0x5A]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def is_not_started_by_a_spike(dut):
    """Less than half a bit low is nothing, and hides no frame that follows."""
    sink = await started(dut)
    await send_bits(dut.line, [0], BIT_NS / 4)
    await send_bits(dut.line, [1], BIT_NS)
    await send_bits(dut.line, frame(0xC3), BIT_NS)
    await ClockCycles(dut.clk, 2 * BIT_CYCLES)
    assert sink.payloads == [0xC3]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def keeps_the_last_of_what_nobody_takes(dut):
    """A line cannot be stalled: a newer byte takes the place of an older one."""
    dut.line.value = 1
    dut.o__ready.value = 0
    await reset(dut)
    for byte in (1, 2, 3):
        await send_bits(dut.line, frame(byte), BIT_NS)
    await ClockCycles(dut.clk, BIT_CYCLES)
    assert dut.o__valid.value == 1
    assert dut.o__payload.value.to_unsigned() == 3
    dut.o__ready.value = 1
    await ClockCycles(dut.clk, 2)
    assert dut.o__valid.value == 0
