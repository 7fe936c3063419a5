"""What the row fetcher promises: it is the processing element that the scheduler counts on."""

from amaranth.hdl import Module, Signal

from grus.hw.layouts import WorkItemLayout
from grus.hw.pe.row_fetcher import ROW_REGISTERS
from tests.formal.opened import Opened
from tests.formal.specification import Specification, all_of, claim, given, implies, reachable

__all__ = ["RowFetcherSpec"]


class RowFetcherSpec(Specification):
    """It works on one work-item at a time, and asks for each of its rows once.

    A work-item ends behind its first row or later; grants may come at any time.
    """

    def __init__(self, component):
        super().__init__(component)
        self.opened = Opened(component)

    def instance(self):
        return self.opened

    def specify(self, m: Module, component):
        items, requests, finished = component.items, component.requests, component.finished
        given(m, implies(items.valid, items.p.first_row <= items.p.last_row))
        given(m, items.p.last_row < component.config.resident_rows)
        busy = Signal(name="busy")
        item = Signal(WorkItemLayout(component.config), name="item_at_hand")
        row = Signal.like(items.p.first_row, name="row_due")
        granted = requests.valid & requests.ready
        with m.If(items.valid & items.ready):
            m.d.sync += [busy.eq(1), item.eq(items.p), row.eq(items.p.first_row)]
        with m.Else():
            m.d.sync += [busy.eq(busy & ~finished), row.eq(row + granted)]

        same_bank = requests.p.bank == item.tag.bank
        same_half = requests.p.half == item.resident_half
        asked = busy & same_bank & same_half & (requests.p.row == row) & (row <= item.last_row)
        claim(m, "finishes_only_what_it_has", implies(finished, busy))
        claim(m, "takes_one_work_item_at_a_time", items.ready == (~busy | finished))
        claim(m, "asks_for_each_row_once", implies(requests.valid, asked))
        claim(m, "finishes_with_the_last_row", finished == (granted & (row == item.last_row)))
        self._claim_invariants(m, busy, item, row)
        several = item.last_row == item.first_row + 2
        reachable(m, "takes_the_next_at_once", finished & items.valid & several)

    def _claim_invariants(self, m, busy, item, row):
        inside = self.opened.signal
        same = (inside("item") == item.as_value()) & (inside("row") == row)
        due = (item.first_row <= row) & (row <= item.last_row)
        claim(m, "invariant_item", implies(busy, all_of([same, due])))
        claim(m, "invariant_busy", inside("active") == busy)
        room = inside("registers.level") + inside("on_its_way") <= ROW_REGISTERS
        claim(m, "a_row_that_arrives_finds_room", room)
