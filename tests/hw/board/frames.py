"""Frames on a serial line."""

from cocotb.triggers import Timer


def frame(byte):
    """Start bit, eight bits, stop bit."""
    return [0, *(byte >> n & 1 for n in range(8)), 1]


async def send_bits(line, bits, bit_ns):
    """Drive a line, whatever the clock."""
    for bit in bits:
        line.value = bit
        await Timer(round(1000 * bit_ns), unit="ps")
