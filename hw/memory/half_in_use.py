"""The consumer's view of a ping-pong memory: which half it uses, and when it gives one back."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["HalfInUse"]


class HalfInUse(wiring.Component):
    """Use the halves in turn, and set one free when nothing downstream needs it any more.

    All outputs but `next_full` come from registers.

    Members
    -------
    full : :py:`In(2)`
        Halves that are full, from :class:`PingPong`.
    next_full : :py:`Out(1)`
        The half after the one in use is full.
    advance : :py:`In(1)`
        Use that half from the next cycle on; only while `next_full`.
    half : :py:`Out(1)`
        Half in use.
    needed : :py:`In(2)`
        Halves that something downstream still reads.
    free : :py:`Out(2)`
        Halves set free, for :class:`PingPong`.
    """

    def __init__(self):
        super().__init__(
            {
                "full": In(2),
                "next_full": Out(1),
                "advance": In(1),
                "half": Out(1, init=1),  # so that half 0 is the first to be used
                "needed": In(2),
                "free": Out(2),
            }
        )

    def elaborate(self, platform):
        """A half that was left is given back as soon as it may be."""
        m = Module()
        left = Signal(2)
        in_use = Signal()  # before the first use there is no half to be left
        m.d.comb += [
            # A half that was left but is still needed holds what it held before.
            self.next_full.eq((self.full & ~left).bit_select(~self.half, 1)),
            self.free.eq(left & ~self.needed),
        ]
        m.d.sync += left.eq(left & self.needed)
        with m.If(self.advance):
            m.d.sync += [self.half.eq(~self.half), in_use.eq(1)]
            for half in range(2):
                with m.If((self.half == half) & in_use):
                    m.d.sync += left[half].eq(1)
        return m
