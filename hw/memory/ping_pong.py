"""Who may use which half of a ping-pong memory."""

from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["PingPong"]


class PingPong(wiring.Component):
    """Keep a producer and a consumer on different halves.

    The producer fills the halves in turn and waits while the next one is still full. The consumer
    uses a half when it is full, and sets it free when it needs it no more; it may use both. All
    outputs come from registers.

    Members
    -------
    half : :py:`Out(1)`
        Half that the producer fills now or next.
    full : :py:`Out(2)`
        Halves that the producer has filled and the consumer has not set free.
    filled : :py:`In(1)`
        The producer has filled `half`; only while that half is not full.
    free : :py:`In(2)`
        Halves that the consumer sets free; only while they are full.
    """

    def __init__(self):
        super().__init__({"half": Out(1), "full": Out(2), "filled": In(1), "free": In(2)})

    def elaborate(self, platform):
        """A full flag for each half."""
        m = Module()
        with m.If(self.filled):
            m.d.sync += self.half.eq(~self.half)
        for half in range(2):
            with m.If(self.filled & (self.half == half)):
                m.d.sync += self.full[half].eq(1)
            with m.Elif(self.free[half]):
                m.d.sync += self.full[half].eq(0)
        return m
