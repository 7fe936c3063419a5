"""What the workload scheduler promises: each work-item goes to one element, once."""

from functools import reduce
from operator import add

from amaranth.asserts import AnyConst
from amaranth.hdl import Array, Cat, Module, Signal

from grus.hw.memory.resident_ram import BankFillLayout
from tests.formal.bank_reference import BankReference, Cursor
from tests.formal.opened import Opened
from tests.formal.specification import (
    Specification,
    all_of,
    claim,
    given,
    implies,
    reachable,
)
from tests.formal.work_queue_spec import QueueInside

__all__ = ["WorkloadSchedulerSpec"]


class WorkloadSchedulerSpec(Specification):
    """One work-item of one bank is followed: any column, any index, any bank.

    The elements are what :class:`RowFetcherSpec` proves of the row fetcher: each works on at most
    one work-item, finishes it whenever it likes, and takes the next in that cycle or later.
    """

    def __init__(self, component):
        super().__init__(component)
        self.opened = Opened(component)
        self.pes = range(component.config.group_pes)

    def instance(self):
        return self.opened

    def specify(self, m: Module, component):
        self.bank = AnyConst(range(len(self.pes)))
        self._add_elements(m, component)
        self._add_reference(m, component)
        self._claim_steals(m, component)
        self._claim_items(m, component)
        self._claim_progress(m, component)
        self._claim_invariants(m, component)
        self._add_covers(m, component)

    def _add_elements(self, m, component):
        """Processing elements, of which only the beginning and the end of their work is known."""
        pes = len(self.pes)
        self.busy, self.takes = Signal(pes, name="busy"), Signal(pes, name="takes")
        self.steals = Signal(pes, name="steals")
        for pe in self.pes:
            offer, finished = component.items[pe], component.finished[pe]
            given(m, implies(finished, self.busy[pe]))
            given(m, offer.ready == (~self.busy[pe] | finished))
            m.d.comb += self.takes[pe].eq(offer.valid & offer.ready)
            m.d.comb += self.steals[pe].eq(self.takes[pe] & (offer.p.tag.bank != pe))
            with m.If(self.takes[pe]):
                m.d.sync += self.busy[pe].eq(1)
            with m.Elif(finished):
                m.d.sync += self.busy[pe].eq(0)

    def _add_reference(self, m, component):
        """The work-items of the bank, and which of them are left."""
        rounds = component.rounds
        self.start = rounds.valid & rounds.ready
        fewer = component.fewer.bit_select(self.bank, 1)
        self.waiting = self._of_bank("waiting")
        self.table = BankReference(
            m,
            component.config,
            start=self.start,
            round=rounds.p,
            fewer=fewer,
            fills=self._fills(m, component),
            waiting=self.waiting,
        )
        owner = Signal(name="owner_takes")
        thieves = Signal(len(self.pes), name="thieves_take")
        for pe in self.pes:
            of_bank = self.takes[pe] & (component.items[pe].p.tag.bank == self.bank)
            m.d.comb += thieves[pe].eq(of_bank & (self.bank != pe))
            with m.If(of_bank & (self.bank == pe)):
                m.d.comb += owner.eq(1)
        self.taken = reduce(add, thieves) + owner
        table, columns = self.table, rounds.p.columns
        items = rounds.p.items - fewer
        self.front = Cursor(m, table, "front", start=self.start, take=owner)
        self.back = Cursor(
            m, table, "back", start=self.start, take=thieves.any(), end=(columns, items)
        )

    def _of_bank(self, name):
        return Array(self.opened.signal(f"queue_{pe}.{name}") for pe in self.pes)[self.bank]

    def _fills(self, m, component):
        fills = []
        for half in range(2):
            fill = Signal(BankFillLayout(component.config), name=f"fill_of_bank_{half}")
            choice = Array(component.fills[half][pe].as_value() for pe in self.pes)
            m.d.comb += fill.eq(choice[self.bank])
            fills.append(fill)
        return fills

    def _claim_steals(self, m, component):
        stolen = reduce(add, self.steals)
        claim(m, "at_most_one_steal_a_cycle", stolen <= 1)
        claim(m, "moved_tells_of_steals", component.moved == (stolen != 0))
        claim(m, "steals_only_if_allowed", implies(self.steals, component.round.steal))
        own = []
        for pe in self.pes:
            offer, waiting = component.items[pe], self.opened.signal(f"queue_{pe}.waiting")
            own.append(implies(waiting != 0, offer.valid & (offer.p.tag.bank == pe)))
        claim(m, "an_owner_is_never_blocked_by_a_thief", all_of(own))

    def _claim_items(self, m, component):
        """The work-item that is followed, and the number of all in its bank."""
        table = self.table
        column, index = AnyConst(table.columns.shape()), AnyConst(table.items.shape())
        exists = Signal(name="item_exists")
        issues = Signal(len(self.pes), name="issues")
        issued, total = Signal(name="issued"), Signal(range(16), name="issued_of_bank")
        m.d.comb += exists.eq((column < table.columns) & (index < table.items))
        whole = []
        for pe in self.pes:
            item = component.items[pe].p
            here = exists & self.takes[pe] & (item.tag.bank == self.bank)
            m.d.comb += issues[pe].eq(here & (item.tag.address == table.address(column, index)))
            whole.append(implies(issues[pe], self._is_whole(component, item, column, index)))
        with m.If(self.start):
            m.d.sync += [issued.eq(0), total.eq(0)]
        with m.Else():
            m.d.sync += [issued.eq(issued | issues.any()), total.eq(total + self.taken)]

        once = implies(issued, ~issues.any()) & (reduce(add, issues) <= 1)
        claim(m, "no_work_item_is_issued_twice", once)
        claim(m, "no_work_item_is_lost", implies(component.rounds.ready & exists, issued))
        claim(m, "nothing_else_is_issued", total + self.taken <= table.count)
        claim(m, "a_work_item_is_issued_whole", all_of(whole))

        place = Cat(index, column)
        ahead = place < Cat(self.front.index, self.front.column)
        behind = place > Cat(self.back.index, self.back.column)
        left = (self.waiting != 0) & ~ahead & ~behind
        claim(m, "invariant_issued", implies(exists, issued == ~left))
        claim(m, "invariant_total", total + self.waiting == table.count)

    def _is_whole(self, component, item, column, index):
        at_hand = self.table.round
        return all_of(
            [
                item.first_row == self.table.first_row(index),
                item.last_row == self.table.last_row_of(index),
                item.offset == self.table.offset(column),
                item.resident_half == at_hand.resident_half,
                item.tag.half == at_hand.output_half,
                item.tag.round == at_hand.patch_half,
            ]
        )

    def _claim_progress(self, m, component):
        offers = Cat(component.items[pe].valid for pe in self.pes)
        working = self.busy.any() | offers.any()
        claim(m, "something_is_always_going_on", implies(component.fetching, working))
        ends = self.busy == component.finished
        claim(m, "a_round_begins_when_all_is_finished", implies(component.rounds.ready, ends))

    def _claim_invariants(self, m, component):
        counters = self.opened.signal("detector.counters")
        limit = component.config.output_words
        bits = len(counters) // len(self.pes)
        count, bounded = [], []
        for pe in self.pes:
            waiting = self.opened.signal(f"queue_{pe}.waiting")
            counter = counters.word_select(pe, bits)
            count.append(counter == waiting + self.busy[pe])
            bounded.append(counter <= limit)
        claim(m, "counters_count_what_is_left", all_of(count))
        claim(m, "counters_stay_in_range", all_of(bounded))
        claim(m, "invariant_bank", self.table.consistent())
        claim(m, "invariant_round", component.round == self.table.round)
        inside = QueueInside(self._of_bank)
        claim(
            m,
            "invariant_queue",
            inside.sound(self.table, self.front, self.back, self.waiting),
        )

    def _add_covers(self, m, component):
        begun = Signal(range(3), name="rounds_begun")
        with m.If(self.start & (begun != 2)):
            m.d.sync += begun.eq(begun + 1)
        stole = Signal(name="stole")
        with m.If(self.steals.any()):
            m.d.sync += stole.eq(1)
        reachable(m, "second_round_after_a_steal", stole & (begun == 2))
        reachable(
            m, "victim_and_thief_take_at_once", self.steals.any() & (self.takes != self.steals)
        )
