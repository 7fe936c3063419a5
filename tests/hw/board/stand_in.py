"""What stands on a board in place of the system, where only the board matters."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class Repeater(wiring.Component):
    """Sends what it receives, two cycles later."""

    def __init__(self):
        super().__init__({"receive": In(1, init=1), "transmit": Out(1, init=1), "irq": Out(1)})

    def elaborate(self, platform):
        m = Module()
        before = Signal(init=1)
        m.d.sync += [before.eq(self.receive), self.transmit.eq(before)]
        m.d.comb += self.irq.eq(~self.receive)
        return m
