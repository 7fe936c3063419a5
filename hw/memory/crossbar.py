"""Crossbar: any output reads any input."""

from amaranth.hdl import Module
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Crossbar"]


class Crossbar(wiring.Component):
    """Connect each output to the input that it selects.

    Purely combinational: one multiplexer per output.

    Source: Crane, section 4.3 and Figure 9.

    Parameters
    ----------
    shape : shape-like
        What is switched.
    ports : int
        Inputs, and outputs.

    Members
    -------
    i, o : :py:`In(ArrayLayout(shape, ports))`, :py:`Out(ArrayLayout(shape, ports))`
        Inputs and outputs.
    select : :py:`In(ArrayLayout(range(ports), ports))`
        Number of the input that each output shows.
    """

    def __init__(self, shape, ports: int):
        self._ports = ports
        super().__init__(
            {
                "i": In(data.ArrayLayout(shape, ports)),
                "select": In(data.ArrayLayout(range(ports), ports)),
                "o": Out(data.ArrayLayout(shape, ports)),
            }
        )

    def elaborate(self, platform):
        """A choice for each output."""
        m = Module()
        for output in range(self._ports):
            with m.Switch(self.select[output]):
                for source in range(self._ports):
                    with m.Case(source):
                        m.d.comb += self.o[output].eq(self.i[source])
        return m
