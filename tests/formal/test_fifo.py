"""The FIFOs keep order and content."""

import pytest
from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.scheduler.round_queue import RoundQueue
from grus.hw.stream.fifo import StreamFifo
from grus.hw.stream.stage import add_stage
from tests.formal.broken import Break, plant
from tests.formal.fifo_spec import RoundQueueSpec, StageSpec, StreamFifoSpec
from tests.formal.four import FOUR
from tests.formal.prove import claims, prove, reach, refute

pytestmark = pytest.mark.formal
FIFO, QUEUE, STAGE = "stream.fifo", "scheduler.round_queue", "stream.stage"


class Stage(wiring.Component):
    """One register stage as a component."""

    def __init__(self):
        super().__init__({"i": In(stream.Signature(3)), "o": Out(stream.Signature(3))})

    def elaborate(self, platform):
        m = Module()
        add_stage(m, i=self.i, o=self.o, payload=self.i.payload)
        return m


SPECIFICATIONS = {
    **{f"fifo_{n}": lambda n=n: StreamFifoSpec(StreamFifo(3, n)) for n in range(1, 6)},
    "round_queue": lambda: RoundQueueSpec(RoundQueue(FOUR)),
    "stage": lambda: StageSpec(Stage()),
}
BROKEN = {FIFO: "fifo_3", QUEUE: "round_queue", STAGE: "stage"}
BREAKS = [
    Break("keeps_order_and_content", FIFO, "index == places - 1", "index == places - 2"),
    Break("keeps_order_and_content", FIFO, "write.en.eq(enter)", "write.en.eq(self.i.valid)"),
    Break("offers_what_it_holds", FIFO, "self.level != 0", "self.level > 1"),
    Break("takes_only_what_fits", FIFO, "self.level != self._depth", "1"),
    Break("is_ready_while_there_is_room", FIFO, "self.level != self._depth", "self.level == 0"),
    Break("holds_an_offer", FIFO, "((self.level == 1) & leave)", "(self.level == 1)"),
    Break("keeps_order_and_content", QUEUE, "leaves.eq(~leaves)", "leaves.eq(leaves)"),
    Break("offers_what_it_holds", QUEUE, "waits.bit_select(leaves, 1).eq(0)", "waits.eq(0)"),
    Break(
        "takes_only_what_fits", QUEUE, "i.ready.eq(~waits.bit_select(enters, 1))", "i.ready.eq(1)"
    ),
    Break(
        "is_ready_while_there_is_room",
        QUEUE,
        "eq(~waits.bit_select(enters, 1))",
        "eq(~waits.any())",
    ),
    Break("holds_an_offer", QUEUE, "payload.eq(Mux(leaves,", "payload.eq(Mux(enters,"),
    Break("keeps_order_and_content", STAGE, "stored.eq(payload)", "stored.eq(stored + payload)"),
    Break("offers_what_it_holds", STAGE, "o.valid.eq(i.valid)", "o.valid.eq(1)"),
    Break("takes_only_what_fits", STAGE, "i.ready.eq(empty | o.ready)", "i.ready.eq(1)"),
    Break("is_ready_while_there_is_room", STAGE, "empty | o.ready", "empty"),
    Break("holds_an_offer", STAGE, "o.payload.eq(stored)", "o.payload.eq(payload)"),
]


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_is_proven(name, tmp_path):
    verdict = prove(SPECIFICATIONS[name](), tmp_path)
    assert verdict.holds, verdict.report


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_is_about_something(name, tmp_path):
    reached = reach(SPECIFICATIONS[name](), tmp_path, within=12)
    assert len(reached) == 2
    assert -1 not in reached.values()


@pytest.mark.parametrize("change", BREAKS, ids=lambda change: f"{change.module}-{change.claim}")
def test_broken_variant_is_refuted(change, monkeypatch, tmp_path):
    plant(monkeypatch, change)
    specification = SPECIFICATIONS[BROKEN[change.module]]()
    verdict = refute(specification, tmp_path, claim=change.claim, within=8)
    assert verdict.failed == (change.claim,)


@pytest.mark.parametrize("module", BROKEN)
def test_every_claim_is_refuted(module):
    broken = {change.claim for change in BREAKS if change.module == module}
    assert broken == set(claims(SPECIFICATIONS[BROKEN[module]]()))
