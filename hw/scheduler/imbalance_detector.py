"""Imbalance detector: one work-item counter per processing element, and the leader board."""

from functools import reduce
from operator import add, and_

from amaranth.hdl import Module, Mux, Signal, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["ImbalanceDetector", "MoveLayout"]


class MoveLayout(data.StructLayout):
    """One work-item changes hands.

    Members
    -------
    valid : :py:`unsigned(1)`
        It does so in this cycle.
    victim, thief : :py:`unsigned(pes)`
        Marks from whom, and to whom; one each if it is valid, and not the same.
    """

    def __init__(self, pes: int):
        super().__init__({"valid": 1, "victim": pes, "thief": pes})


class ImbalanceDetector(wiring.Component):
    """Know how far behind each processing element is.

    A counter holds the work-items that a processing element still has to finish, stolen ones
    included. The leader board lists all processing elements, the one with the fewest first; of
    two with equally many the lower number comes first. Counters and board change together, in
    the cycle after the event; any number of elements may finish at once. No combinational path
    leads from one port to another.

    Source: Crane, section 4.4 and Figure 10. The board is sorted by ranks, each the number of
    elements that stand before one: all comparisons are made at once, on the counters.

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
    board : :py:`Out(ArrayLayout(unsigned(pes), pes))`
        The leader board: word 0 marks the element with the fewest, the last word the slowest.
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
                "board": Out(data.ArrayLayout(pes, pes)),
            }
        )

    @property
    def pes(self) -> int:
        """Processing elements watched."""
        return self._pes

    def elaborate(self, platform):
        """The counters, their ranks, and the board in the order of the ranks."""
        m = Module()
        for pe in range(self._pes):
            gains = self.move.valid & self.move.thief[pe]
            loses = self.move.valid & self.move.victim[pe]
            left = self.counters[pe] - self.finished[pe]
            # The move comes last; nobody steals from itself.
            changed = Mux(gains, left + 1, Mux(loses, left - 1, left))
            m.d.sync += self.counters[pe].eq(Mux(self.start, self.counts[pe], changed))
        before = self._compare(m)
        for pe, others in enumerate(before):
            rank = Signal(range(self._pes), name=f"rank_{pe}")
            m.d.comb += rank.eq(reduce(add, others, 0))
            for place in range(self._pes - 1):
                m.d.comb += self.board[place][pe].eq(rank == place)
            # Others wait for the last place; to be behind all takes no sum.
            m.d.comb += self.board[-1][pe].eq(reduce(and_, others, 1))
        return m

    def _compare(self, m: Module) -> list[list[Value]]:
        """For each element, which of the others stand before it."""
        before = [[] for _ in range(self._pes)]
        for low in range(self._pes):
            for high in range(low + 1, self._pes):
                first = Signal(name=f"before_{low}_{high}")
                m.d.comb += first.eq(self.counters[low] <= self.counters[high])
                before[high].append(first)
                before[low].append(~first)
        return before
