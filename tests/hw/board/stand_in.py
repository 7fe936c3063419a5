"""What stands on a board in place of the system, where only the board matters."""

from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out


class Repeater(wiring.Component):
    """Sends what it receives, a cycle later."""

    def __init__(self):
        super().__init__({"receive": In(1, init=1), "transmit": Out(1, init=1), "irq": Out(1)})

    def elaborate(self, platform):
        m = Module()
        m.d.sync += self.transmit.eq(self.receive)
        m.d.comb += self.irq.eq(~self.receive)
        return m
