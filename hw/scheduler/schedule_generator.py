"""Schedule generator: who steals from whom."""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.logic.select import one_of
from grus.hw.scheduler.imbalance_detector import MoveLayout

__all__ = ["ScheduleGenerator"]


class ScheduleGenerator(wiring.Component):
    """Move one work-item at a time, from the slowest processing element to an idle one.

    The slowest element is the last of the leader board. It gives a work-item away if more than
    one is left to it at the end of this cycle: the one it works on, or is about to begin, stays
    its own. Of several idle elements the lowest number is served, the others in later cycles.
    Purely combinational, so that an element that becomes idle has its next work-item at once.

    Source: Crane, section 4.4; Figure 4 (b).

    Parameters
    ----------
    pes : int
        Processing elements of the group.
    capacity : int
        Largest value of a counter.

    Members
    -------
    enable : :py:`In(1)`
        Stealing is allowed.
    counters : :py:`In(ArrayLayout(range(capacity + 1), pes))`
        Work-items that each element still has to finish.
    slowest : :py:`In(unsigned(pes))`
        Marks the last of the leader board.
    finished : :py:`In(pes)`
        Elements that finish a work-item in this cycle.
    idle : :py:`In(pes)`
        Elements that have nothing left after this cycle.
    move : :py:`Out(MoveLayout(pes))`
        The move, if there is one.
    """

    def __init__(self, pes: int, capacity: int):
        self._pes = pes
        super().__init__(
            {
                "enable": In(1),
                "counters": In(data.ArrayLayout(range(capacity + 1), pes)),
                "slowest": In(pes),
                "finished": In(pes),
                "idle": In(pes),
                "move": Out(MoveLayout(pes)),
            }
        )

    def elaborate(self, platform):
        """The slowest element's remaining work, and the first idle element."""
        m = Module()
        highest = Signal.like(self.counters[0])
        ends_one = (self.finished & self.slowest).any()
        # As highest - ends_one > 1, which would come later.
        keeps_one = (highest > 2) | ((highest == 2) & ~ends_one)
        m.d.comb += [
            highest.eq(one_of(self.slowest, self.counters)),
            self.move.victim.eq(self.slowest),
            self.move.valid.eq(self.enable & keeps_one & self.idle.any()),
        ]
        for pe in range(self._pes):
            m.d.comb += self.move.thief[pe].eq(self.idle[pe] & ~self.idle[:pe].any())
        return m
