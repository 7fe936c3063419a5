"""Tells which half of a ping-pong pair is still needed by what is under way."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["InFlight"]


class InFlight(wiring.Component):
    """Count what has entered and not yet left, for each half.

    One thing may enter and one leave per cycle. A half counts as needed from the cycle after the
    first entry to the cycle of the last departure, both included.

    Parameters
    ----------
    capacity : int
        Most things under way at once.

    Members
    -------
    enter, enter_half : :py:`In(1)`
        Something that needs this half enters.
    leave, leave_half : :py:`In(1)`
        Something that needed this half leaves.
    needed : :py:`Out(2)`
        Halves still needed; bit n is half n.
    """

    def __init__(self, capacity: int):
        self._capacity = capacity
        super().__init__(
            {
                "enter": In(1),
                "enter_half": In(1),
                "leave": In(1),
                "leave_half": In(1),
                "needed": Out(2),
            }
        )

    def elaborate(self, platform):
        """An up-down counter for each half."""
        m = Module()
        for half in range(2):
            count = Signal(range(self._capacity + 1), name=f"count_{half}")
            up = Signal(name=f"up_{half}")
            down = Signal(name=f"down_{half}")
            m.d.comb += [
                up.eq(self.enter & (self.enter_half == half)),
                down.eq(self.leave & (self.leave_half == half)),
                self.needed[half].eq(count != 0),
            ]
            m.d.sync += count.eq(count + up - down)
        return m
