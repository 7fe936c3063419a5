"""Bytes from a serial line."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["UartReceiver"]


class UartReceiver(wiring.Component):
    """Turn a line of eight bits, no parity and one stop bit into bytes.

    A byte is offered in the middle of its last bit. One that is not taken before the next is
    lost: a line cannot be stalled. No combinational path leads from one port to another.

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
        line = Signal(2, init=0b11)
        m.d.sync += line.eq(Cat(self.line, line))
        level = line[1]
        until_look = Signal(range(self._bit_cycles))
        bits_left = Signal(range(10))
        shifted = Signal(8, reset_less=True)

        with m.If(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        with m.If(bits_left == 0):
            with m.If(~level):
                # The first look is at the middle of the start bit.
                m.d.sync += [until_look.eq(self._bit_cycles // 2 - 1), bits_left.eq(9)]
        with m.Elif(until_look != 0):
            m.d.sync += until_look.eq(until_look - 1)
        with m.Else():
            m.d.sync += [
                until_look.eq(self._bit_cycles - 1),
                bits_left.eq(bits_left - 1),
                shifted.eq(Cat(shifted[1:], level)),
            ]
            with m.If((bits_left == 9) & level):  # a spike, not a start bit
                m.d.sync += bits_left.eq(0)
        self._offer(m, shifted, level, (bits_left == 1) & (until_look == 0))
        return m

    def _offer(self, m: Module, shifted, level, last) -> None:
        with m.If(last):
            m.d.sync += [self.o.payload.eq(Cat(shifted[1:], level)), self.o.valid.eq(1)]
