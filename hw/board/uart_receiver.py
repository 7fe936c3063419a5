"""Bytes from a serial line."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["UartReceiver"]

_FRAME_BITS = 10  # with start and stop


class UartReceiver(wiring.Component):
    """Turn a line of eight bits, no parity and one stop bit into bytes.

    A byte is offered in the middle of its stop bit. One whose stop bit is missing is dropped, as in
    a break, and the next one starts when the line falls again. One that is not taken before the
    next is lost: a line cannot be stalled. No combinational path leads from one port to another.

    Source: the asynchronous serial format of TIA-232, least significant bit first.

    Parameters
    ----------
    bit_cycles : int
        Clock cycles of a bit.

    Members
    -------
    line : :py:`In(1)`
        The line, high at rest; of another clock, so it passes two registers.
    o : :py:`Out(stream.Signature(8))`
        Bytes.
    """

    def __init__(self, bit_cycles: int):
        self._bit_cycles = bit_cycles
        super().__init__({"line": In(1, init=1), "o": Out(stream.Signature(8))})

    def elaborate(self, platform):
        """Wait for a start bit, then look at the middle of each bit."""
        m = Module()
        line = Signal(3, init=0b111)
        m.d.sync += line.eq(Cat(self.line, line))
        level, before = line[1], line[2]
        until_look = Signal(range(self._bit_cycles))
        bits_left = Signal(range(_FRAME_BITS + 1))
        shifted = Signal(8, reset_less=True)

        with m.If(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(bits_left == 0):
            with m.If(before & ~level):
                # The first look is at the middle of the start bit.
                m.d.sync += [until_look.eq(self._bit_cycles // 2 - 1), bits_left.eq(_FRAME_BITS)]
        with m.Elif(until_look != 0):
            m.d.sync += until_look.eq(until_look - 1)
        with m.Else():
            m.d.sync += [until_look.eq(self._bit_cycles - 1), bits_left.eq(bits_left - 1)]
            with m.If((bits_left == _FRAME_BITS) & level):  # a spike, not a start bit
                m.d.sync += bits_left.eq(0)
            with m.If(bits_left != 1):
                m.d.sync += shifted.eq(Cat(shifted[1:], level))
            with m.Elif(level):
                m.d.sync += [self.o.payload.eq(shifted), self.o.valid.eq(1)]
        return m
