"""The leader board is a sorted permutation, and steals go where they must."""

import pytest

from grus.hw.scheduler.imbalance_detector import ImbalanceDetector
from grus.hw.scheduler.schedule_generator import ScheduleGenerator
from tests.formal.balance_spec import ImbalanceDetectorSpec, ScheduleGeneratorSpec
from tests.formal.broken import Break, plant
from tests.formal.prove import claims, prove, reach, refute

pytestmark = pytest.mark.formal
PES, CAPACITY = 4, 9
DETECTOR, GENERATOR = "scheduler.imbalance_detector", "scheduler.schedule_generator"
SPECIFICATIONS = {
    DETECTOR: lambda: ImbalanceDetectorSpec(ImbalanceDetector(PES, CAPACITY), CAPACITY),
    GENERATOR: lambda: ScheduleGeneratorSpec(ScheduleGenerator(PES, CAPACITY), PES),
}
BREAKS = [
    Break("board_is_a_permutation", DETECTOR, "append(~first)", "append(first)"),
    Break(
        "board_is_sorted_by_the_counters",
        DETECTOR,
        "[low] <= self.counters",
        "[low] >= self.counters",
    ),
    Break("ties_go_by_number", DETECTOR, "[low] <= self.counters", "[low] < self.counters"),
    Break("counters_count", DETECTOR, "Mux(gains, left + 1,", "Mux(gains, left,"),
    Break("moves_only_if_enabled", GENERATOR, "self.enable & keeps_one", "keeps_one"),
    Break("victim_keeps_one", GENERATOR, "(highest == 2) & ~ends_one", "(highest == 2)"),
    Break("victim_is_the_slowest", GENERATOR, "victim.eq(self.slowest)", "victim.eq(1)"),
    Break("thief_is_idle", GENERATOR, "(self.idle[pe] &", "(self.finished[pe] &"),
    Break("thief_is_the_first", GENERATOR, "~self.idle[:pe].any()", "~self.idle[pe + 1 :].any()"),
    Break(
        "moves_whenever_it_can",
        GENERATOR,
        "(highest > 2) | ((highest == 2) & ~ends_one)",
        "(highest > 2)",
    ),
]


@pytest.mark.parametrize("module", SPECIFICATIONS)
def test_is_proven(module, tmp_path):
    verdict = prove(SPECIFICATIONS[module](), tmp_path)
    assert verdict.holds, verdict.report


@pytest.mark.parametrize("module", SPECIFICATIONS)
def test_is_about_something(module, tmp_path):
    assert -1 not in reach(SPECIFICATIONS[module](), tmp_path, within=4).values()


@pytest.mark.parametrize("change", BREAKS, ids=lambda change: change.claim)
def test_broken_variant_is_refuted(change, monkeypatch, tmp_path):
    plant(monkeypatch, change)
    specification = SPECIFICATIONS[change.module]()
    verdict = refute(specification, tmp_path, claim=change.claim, within=4)
    assert verdict.failed == (change.claim,)


@pytest.mark.parametrize("module", SPECIFICATIONS)
def test_every_claim_is_refuted(module):
    broken = {change.claim for change in BREAKS if change.module == module}
    assert broken == set(claims(SPECIFICATIONS[module]()))
