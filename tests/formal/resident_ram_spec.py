"""What the resident RAM promises: each granted request is answered by its row, one cycle later."""

from functools import reduce
from operator import add

from amaranth.asserts import AnyConst
from amaranth.hdl import Cat, Const, Module, Signal, Value

from grus.hw.memory.ping_pong_memory import half_address
from tests.formal.opened import Opened
from tests.formal.specification import (
    Specification,
    all_of,
    claim,
    given,
    implies,
    previous,
    reachable,
)

__all__ = ["ResidentRamSpec"]


class ResidentRamSpec(Specification):
    """One word is followed: any row, of any half, of any bank.

    The half that is read is not written in the same cycle: the ping-pong sees to that.
    """

    def __init__(self, component):
        super().__init__(component)
        self.opened = Opened(component)
        self.ports = range(component.config.group_pes)

    def instance(self):
        return self.opened

    def specify(self, m: Module, component):
        config = component.config
        self.bank, self.half = AnyConst(range(len(self.ports))), AnyConst(1)
        self.row = AnyConst(range(config.resident_rows))
        given(m, self.row < config.resident_rows)
        self._claim_grants(m, component)
        self._claim_rows(m, component)
        self._claim_fills(m, component)

    def _claim_grants(self, m, component):
        own, served = [], []
        for port in self.ports:
            request = component.requests[port]
            own.append(implies(request.valid & (request.p.bank == port), request.ready))
            served.append(request.valid & request.ready & (request.p.bank == self.bank))
        asked = [
            component.requests[port].valid & (component.requests[port].p.bank == self.bank)
            for port in self.ports
        ]
        claim(m, "an_owner_is_never_blocked_by_a_thief", all_of(own))
        claim(m, "a_bank_serves_one_a_cycle", reduce(add, served) <= 1)
        claim(m, "a_bank_serves_somebody", implies(Cat(asked), Cat(served)))

    def _claim_rows(self, m, component):
        """A reference keeps the word; whoever was granted a read of it is shown it."""
        write = component.writes.p
        word = Signal(Value.cast(write.row).shape(), name="word_written")
        hit = component.writes.valid & self._is_word(write, write.index)
        before = previous(m, word, "word_before")
        with m.If(hit):
            m.d.sync += word.eq(write.row)
        right, reads = [], []
        for port in self.ports:
            request = component.requests[port]
            given(m, implies(request.valid & component.writes.valid, request.p.half != write.half))
            reads.append(request.valid & request.ready & self._is_word(request.p, request.p.row))
            granted = previous(m, reads[-1], f"granted_{port}")
            shown = Value.cast(component.rows[port])
            right.append(implies(granted, shown == before))
        claim(m, "a_granted_row_is_delivered", all_of(right))

        kept = []
        for bank in self.ports:
            for half in range(2):
                place = half_address(Const(half, 1), self.row)
                held = self.opened.word(m, f"bank_{bank}", place, f"held_{bank}_{half}")
                kept.append(implies((self.bank == bank) & (self.half == half), held == word))
        claim(m, "invariant_content", all_of(kept))
        stolen = Cat(read & (self.bank != port) for port, read in enumerate(reads))
        reachable(m, "a_thief_reads_what_was_written", stolen.any() & word.all())

    def _claim_fills(self, m, component):
        """The marks of a row are those it was written with; the last row is the last written."""
        write = component.writes.p
        ends, last_row = Signal(name="ends"), Signal.like(write.index, name="last_row_written")
        with m.If(component.writes.valid & (write.bank == self.bank) & (write.half == self.half)):
            m.d.sync += last_row.eq(write.index)
            with m.If(write.index == self.row):
                m.d.sync += ends.eq(write.ends)
        right = []
        for bank in self.ports:
            for half in range(2):
                fill = component.fills[half][bank]
                same = (fill.ends.bit_select(self.row, 1) == ends) & (fill.last_row == last_row)
                right.append(implies((self.bank == bank) & (self.half == half), same))
        claim(m, "fills_tell_what_was_written", all_of(right))

    def _is_word(self, place, row):
        return (place.bank == self.bank) & (place.half == self.half) & (row == self.row)
