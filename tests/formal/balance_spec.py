"""What the imbalance detector and the schedule generator promise."""

from itertools import pairwise

from amaranth.hdl import Array, Module, Mux, Signal

from tests.formal.specification import (
    Specification,
    all_of,
    claim,
    given,
    implies,
    previous,
    reachable,
)

__all__ = ["ImbalanceDetectorSpec", "ScheduleGeneratorSpec"]


class ImbalanceDetectorSpec(Specification):
    """The leader board is right whatever the inputs.

    So are the counters, as long as none has to go below zero or above its capacity; the
    specification of the scheduler shows that none has to.
    """

    def __init__(self, component, capacity):
        super().__init__(component)
        self.capacity = capacity

    def specify(self, m: Module, component):
        pes = range(component.pes)
        counters = Array(component.counters[pe] for pe in pes)
        board = [Signal(range(component.pes), name=f"listed_{place}") for place in pes]
        for place in pes:
            for pe in pes:
                with m.If(component.board[place][pe]):
                    m.d.comb += board[place].eq(pe)
        marked = [sum(component.board[place]) for place in pes]
        listed = [sum(component.board[place][pe] for place in pes) for pe in pes]
        pairs = list(pairwise(board))
        claim(m, "board_is_a_permutation", all_of(count == 1 for count in (*listed, *marked)))
        claim(
            m,
            "board_is_sorted_by_the_counters",
            all_of(counters[before] <= counters[after] for before, after in pairs),
        )
        claim(
            m,
            "ties_go_by_number",
            all_of(
                implies(counters[before] == counters[after], before < after)
                for before, after in pairs
            ),
        )
        self._add_counters(m, component)
        reachable(m, "board_is_reversed", all_of(board[n] == pes[-1 - n] for n in pes))
        reachable(m, "all_finish_at_once", component.finished.all() & ~component.start)

    def _add_counters(self, m, component):
        possible, right = [], []
        given(m, (component.move.victim & component.move.thief) == 0)
        for pe in range(component.pes):
            left = component.counters[pe] - component.finished[pe]
            gains = component.move.valid & component.move.thief[pe]
            loses = component.move.valid & component.move.victim[pe]
            following = Mux(component.start, component.counts[pe], left + gains - loses)
            possible.append((following >= 0) & (following <= self.capacity))
            right.append(previous(m, following, f"following_{pe}") == component.counters[pe])
        were_possible = previous(m, all_of(possible), "were_possible")
        claim(m, "counters_count", implies(were_possible, all_of(right)))


class ScheduleGeneratorSpec(Specification):
    """A move is legal, goes where it must, and happens whenever it can."""

    def __init__(self, component, pes):
        super().__init__(component)
        self.pes = pes

    def specify(self, m, component):
        pes = range(self.pes)
        move, finished, idle = component.move, component.finished, component.idle
        counters = [component.counters[pe] for pe in pes]
        left = [Signal(range(1 << len(counters[0])), name=f"left_{pe}") for pe in pes]
        for pe in pes:
            m.d.comb += left[pe].eq(counters[pe] - finished[pe])
            given(m, implies(finished[pe], counters[pe] != 0))
            given(m, idle[pe] == (left[pe] == 0))
        slowest = component.slowest
        given(m, sum(slowest) == 1)
        keeps_one = all_of(implies(move.victim[pe], left[pe] > 1) for pe in pes)
        thief_is_idle = all_of(implies(move.thief[pe], idle[pe]) for pe in pes)
        lower_idle = [implies(move.thief[pe], ~idle[:pe].any()) for pe in pes]
        claim(m, "moves_only_if_enabled", implies(move.valid, component.enable))
        claim(m, "victim_keeps_one", implies(move.valid, keeps_one))
        claim(m, "victim_is_the_slowest", implies(move.valid, move.victim == slowest))
        claim(m, "thief_is_idle", implies(move.valid, (sum(move.thief) == 1) & thief_is_idle))
        claim(m, "thief_is_the_first", implies(move.valid, all_of(lower_idle)))
        can = (
            component.enable & idle.any() & all_of(implies(slowest[pe], left[pe] > 1) for pe in pes)
        )
        claim(m, "moves_whenever_it_can", implies(can, move.valid))
        reachable(m, "last_steals_from_first", move.valid & (move.victim == 1) & (move.thief == 8))
