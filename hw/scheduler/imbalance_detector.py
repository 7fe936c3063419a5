"""Imbalance detector: one work-item counter per processing element, and the leader board."""

from functools import reduce
from operator import add

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["ImbalanceDetector", "MoveLayout"]


class MoveLayout(data.StructLayout):
    """One work-item changes hands.

    Members
    -------
    valid : :py:`unsigned(1)`
        It does so in this cycle.
    victim, thief : :py:`range(pes)`
        From whom, to whom.
    """

    def __init__(self, pes: int):
        super().__init__({"valid": 1, "victim": range(pes), "thief": range(pes)})


class ImbalanceDetector(wiring.Component):
    """Know how far behind each processing element is.

    A counter holds the work-items that a processing element still has to finish, stolen ones
    included. The leader board lists all processing elements, the one with the fewest first; of
    two with equally many the lower number comes first. Counters and board change together, in
    the cycle after the event; any number of elements may finish at once.

    Source: Crane, section 4.4 and Figure 10. The board is sorted by ranks, each the number of
    elements that stand before one: all comparisons are made at once, on the counters' next values.

    Parameters
    ----------
    pes : int
        Processing elements watched.
    capacity : int
        Largest value of a counter.

    Members
    -------
    start : :py:`In(1)`
        Begin a round: take over `counts`.
    counts : :py:`In(ArrayLayout(range(capacity + 1), pes))`
        Work-items of each processing element in the round that begins.
    finished : :py:`In(pes)`
        Elements that finish a work-item in this cycle.
    move : :py:`In(MoveLayout(pes))`
        A work-item that moves in this cycle.
    counters : :py:`Out(ArrayLayout(range(capacity + 1), pes))`
        Work-items still to finish.
    board : :py:`Out(ArrayLayout(range(pes), pes))`
        The leader board: word 0 is the element with the fewest, the last word the slowest.
    """

    def __init__(self, pes: int, capacity: int):
        self._pes, self._capacity = pes, capacity
        counts = data.ArrayLayout(range(capacity + 1), pes)
        super().__init__(
            {
                "start": In(1),
                "counts": In(counts),
                "finished": In(pes),
                "move": In(MoveLayout(pes)),
                "counters": Out(counts),
                "board": Out(data.ArrayLayout(range(pes), pes), init=list(range(pes))),
            }
        )

    @property
    def pes(self) -> int:
        """Processing elements watched."""
        return self._pes

    def elaborate(self, platform):
        """The counters' next values, their ranks, and the board in the order of the ranks."""
        m = Module()
        following = []
        for pe in range(self._pes):
            count = Signal(range(self._capacity + 1), name=f"next_{pe}")
            gains = self.move.valid & (self.move.thief == pe)
            loses = self.move.valid & (self.move.victim == pe)
            changed = self.counters[pe] + gains - loses - self.finished[pe]
            m.d.comb += count.eq(Mux(self.start, self.counts[pe], changed))
            m.d.sync += self.counters[pe].eq(count)
            following.append(count)
        for pe, rank in enumerate(self._ranks(m, following)):
            for place in range(self._pes):
                with m.If(rank == place):
                    m.d.sync += self.board[place].eq(pe)
        return m

    def _ranks(self, m: Module, counts: list[Signal]) -> list[Signal]:
        """How many elements stand before each one."""
        before = {}  # (a, b): a stands before b
        for low in range(self._pes):
            for high in range(low + 1, self._pes):
                first = Signal(name=f"before_{low}_{high}")
                m.d.comb += first.eq(counts[low] <= counts[high])
                before[low, high], before[high, low] = first, ~first
        ranks = []
        for pe in range(self._pes):
            rank = Signal(range(self._pes), name=f"rank_{pe}")
            others = [before[other, pe] for other in range(self._pes) if other != pe]
            m.d.comb += rank.eq(reduce(add, others))
            ranks.append(rank)
        return ranks
