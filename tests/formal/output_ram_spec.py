"""What the output RAM promises: each taken result is added once, to its own word."""

from functools import reduce
from operator import add

from amaranth.asserts import AnyConst
from amaranth.hdl import Cat, Module, Mux, Signal, signed

from grus.hw.layouts import ResultLayout
from grus.hw.memory.output_ram import DrainLayout
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

__all__ = ["OutputRamSpec"]


class OutputRamSpec(Specification):
    """One word is followed: any address, of any half, of one bank.

    No half is added to and drained in the same cycle: the drainer sees to that. Results and drains
    may otherwise come in any order and at any distance.
    """

    def __init__(self, component, bank):
        super().__init__(component)
        self.bank = bank
        self.config = component.config
        self.opened = Opened(component)
        self.ports = range(component.config.group_pes)

    def instance(self):
        return self.opened

    def specify(self, m: Module, component):
        words = component.config.output_words
        self.half = AnyConst(1)
        self.address = AnyConst(range(words))
        given(m, self.address < words)
        given(m, implies(component.drains.valid, component.drains.p.address < words))
        for port in self.ports:
            result = component.results[port]
            given(m, implies(result.valid, result.p.tag.address < words))
            same_half = result.p.tag.half == component.drains.p.half
            given(m, implies(result.valid & component.drains.valid, ~same_half))
        self._claim_grants(m, component)
        self._claim_sums(m, component)

    def _claim_grants(self, m, component):
        own, served = [], []
        for port in self.ports:
            result = component.results[port]
            asks = result.valid & (result.p.tag.bank == self.bank)
            own.append(implies(result.valid & (result.p.tag.bank == port), result.ready))
            served.append(asks & result.ready)
        claim(m, "an_owner_is_never_blocked_by_a_thief", all_of(own))
        claim(m, "a_bank_serves_one_a_cycle", reduce(add, served) <= 1)

    def _claim_sums(self, m, component):
        """A reference adds what is taken for the word, and forgets it when it is drained."""
        bits = component.config.accumulator_bits
        total = Signal(signed(bits), name="total")
        added = Signal(signed(bits), name="added")
        drains = component.drains
        drained = drains.valid & (drains.p.half == self.half) & (drains.p.address == self.address)
        hits = []
        for port in self.ports:
            result, tag = component.results[port], component.results[port].p.tag
            here = (tag.bank == self.bank) & (tag.half == self.half) & (tag.address == self.address)
            hits.append(result.valid & result.ready & here)
            with m.If(hits[port]):
                m.d.comb += added.eq(result.p.sum)
        m.d.sync += total.eq(Mux(drained, 0, total + added))
        # Until its half is drained again or added to, a word stands at the output.
        used = Cat(self._uses_half(component.results[port]) for port in self.ports).any()
        standing = Signal(name="standing")
        with m.If(drained):
            m.d.sync += standing.eq(1)
        with m.Elif(drains.valid | used):
            m.d.sync += standing.eq(0)
        shown = Signal(signed(bits), name="shown")
        with m.If(drained):
            m.d.sync += shown.eq(total)
        right = implies(standing, component.drained[self.bank] == shown)
        claim(m, "each_sum_is_added_once_to_its_word", right)
        kept = [(self.half != half) | (self._will_hold(m, half) == total) for half in range(2)]
        claim(m, "invariant_content", all_of(kept))
        self._claim_answer(m, standing, shown)
        before = previous(m, Cat(hits).any(), "hit_before")
        thief = Cat(hit & (self.bank != port) for port, hit in enumerate(hits))
        reachable(m, "a_thief_adds_right_after_another", before & thief.any() & (total != 0))
        reachable(m, "drained_twice", drained & standing & (shown != 0))

    def _uses_half(self, result):
        return result.valid & (result.p.tag.half == self.half)

    def _claim_answer(self, m, standing, shown):
        answers = [self.opened.answer(f"bank_{self.bank}.half_{half}") for half in range(2)]
        same = (self._drained().half == self.half) & (Mux(self.half, *reversed(answers)) == shown)
        claim(m, "invariant_drained", implies(standing, same))

    def _result(self):
        return ResultLayout(self.config)(self._inside("result"))

    def _drained(self):
        layout = DrainLayout(self.config)
        return layout(self._inside("drained", bits=layout.size))

    def _inside(self, name, bits=0):
        return self.opened.signal(f"bank_{self.bank}.{name}", bits=bits)

    def _will_hold(self, m, half):
        """What the word holds once the write of this cycle is done."""
        memory = f"bank_{self.bank}.half_{half}"
        held = self.opened.word(m, memory, self.address, f"held_{half}")
        result, drained = self._result(), self._drained()
        adds = self._inside("adding") & (result.tag.half == half)
        here = (drained.half == half) & (drained.address == self.address)
        added = Mux(
            result.tag.address == self.address, self.opened.answer(memory) + result.sum, held
        )
        word = Mux(adds, added, Mux(self._inside("draining") & here, 0, held))
        return word[: len(held)].as_signed()
