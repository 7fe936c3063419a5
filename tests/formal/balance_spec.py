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
        board = [component.board[place] for place in pes]
        listed = [sum(board[place] == pe for place in pes) for pe in pes]
        pairs = list(pairwise(board))
        claim(m, "board_is_a_permutation", all_of(count == 1 for count in listed))
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
        for pe in range(component.pes):
            left = component.counters[pe] - component.finished[pe]
            gains = component.move.valid & (component.move.thief == pe)
            loses = component.move.valid & (component.move.victim == pe)
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
        left = Array(Signal(range(1 << len(counters[0])), name=f"left_{pe}") for pe in pes)
        for pe in pes:
            m.d.comb += left[pe].eq(counters[pe] - finished[pe])
            given(m, implies(finished[pe], counters[pe] != 0))
            given(m, idle[pe] == (left[pe] == 0))
        lower_idle = [implies(idle[pe], move.thief <= pe) for pe in pes]
        claim(m, "moves_only_if_enabled", implies(move.valid, component.enable))
        claim(m, "victim_keeps_one", implies(move.valid, left[move.victim] > 1))
        claim(m, "victim_is_the_slowest", implies(move.valid, move.victim == component.slowest))
        claim(m, "thief_is_idle", implies(move.valid, idle.bit_select(move.thief, 1)))
        claim(m, "thief_is_the_first", implies(move.valid, all_of(lower_idle)))
        can = component.enable & idle.any() & (left[component.slowest] > 1)
        claim(m, "moves_whenever_it_can", implies(can, move.valid))
        reachable(m, "last_steals_from_first", move.valid & (move.victim == 0) & (move.thief == 3))
