"""Bytes to a serial line."""

from amaranth.hdl import Cat, Const, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["UartTransmitter"]


class UartTransmitter(wiring.Component):
    """Send bytes with eight bits, no parity and one stop bit.

    A byte takes ten bits' time, and is taken when the one before has left. No combinational path
    leads from one port to another.

    Source: the asynchronous serial format of TIA-232, least significant bit first.

    Parameters
    ----------
    bit_cycles : int
        Clock cycles of a bit.

    Members
    -------
    i : :py:`In(stream.Signature(8))`
        Bytes.
    line : :py:`Out(1)`
        The line, high at rest.
    """

    def __init__(self, bit_cycles: int):
        self._bit_cycles = bit_cycles
        super().__init__({"i": In(stream.Signature(8)), "line": Out(1, init=1)})

    def elaborate(self, platform):
        """Shift a frame out."""
        m = Module()
        frame = Signal(9, init=0x1FF)  # the rest of the frame; ones follow
        bits_left = Signal(range(11))
        until_next = Signal(range(self._bit_cycles))
        m.d.comb += [self.i.ready.eq(bits_left == 0), self.line.eq(frame[0])]
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += [
                frame.eq(Cat(Const(0, 1), self.i.payload)),
                bits_left.eq(10),
                until_next.eq(self._bit_cycles - 1),
            ]
        with m.Elif(until_next != 0):
            m.d.sync += until_next.eq(until_next - 1)
        with m.Elif(bits_left != 0):
            m.d.sync += [
                frame.eq(Cat(frame[1:], Const(1, 1))),
                bits_left.eq(bits_left - 1),
                until_next.eq(self._bit_cycles - 1),
            ]
        return m
