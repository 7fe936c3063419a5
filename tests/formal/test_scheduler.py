"""No work-item is lost or issued twice; at most one is stolen a cycle."""

import pytest

from grus.hw.pe.row_fetcher import RowFetcher
from grus.hw.scheduler.work_queue import WorkQueue
from grus.hw.scheduler.workload_scheduler import WorkloadScheduler
from tests.formal.broken import Break, plant
from tests.formal.four import FOUR
from tests.formal.prove import claims, prove, reach, refute
from tests.formal.row_fetcher_spec import RowFetcherSpec
from tests.formal.scheduler_spec import WorkloadSchedulerSpec
from tests.formal.work_queue_spec import WorkQueueSpec

pytestmark = pytest.mark.formal
FETCHER, QUEUE = "pe.row_fetcher", "scheduler.work_queue"
SCHEDULER, GENERATOR = "scheduler.workload_scheduler", "scheduler.schedule_generator"
DETECTOR = "scheduler.imbalance_detector"
SPECIFICATIONS = {
    "work_queue": lambda: WorkQueueSpec(WorkQueue(FOUR)),
    "row_fetcher": lambda: RowFetcherSpec(RowFetcher(FOUR)),
    "scheduler": lambda: WorkloadSchedulerSpec(WorkloadScheduler(FOUR)),
}
QUEUE_BREAKS = [
    Break("front_is_the_first_left", QUEUE, "offset.eq(offset + step)", "offset.eq(step)"),
    Break("back_is_the_last_left", QUEUE, "first_row.eq(index + 1)", "first_row.eq(index)"),
    Break(
        "counts_what_waits",
        QUEUE,
        "Mux(self.take_back, left",
        "Mux(self.take_back & ~self.take_front, left",
    ),
    Break("counts_the_round", QUEUE, "Mux(self.fewer, self.round.columns, 0)", "self.fewer"),
]
FETCHER_BREAKS = [
    Break("takes_one_work_item_at_a_time", FETCHER, "~active | self.finished", "1"),
    Break("finishes_only_what_it_has", FETCHER, "active & (registers.level", "(registers.level"),
    Break("asks_for_each_row_once", FETCHER, "with m.Elif(granted)", "with m.Else()"),
    Break("finishes_with_the_last_row", FETCHER, "granted & (row", "self.requests.valid & (row"),
    Break("a_row_that_arrives_finds_room", FETCHER, "level + on_its_way <", "level <"),
]
SCHEDULER_BREAKS = [
    Break(
        "at_most_one_steal_a_cycle",
        SCHEDULER,
        "steals.eq(move.valid & move.thief[pe])",
        "steals.eq(move.valid & (queue.waiting == 0))",
    ),
    Break(
        "no_work_item_is_issued_twice", SCHEDULER, "take_back.eq(move.valid &", "take_back.eq(0 &"
    ),
    Break(
        "no_work_item_is_issued_twice", GENERATOR, "(highest == 2) & ~ends_one", "(highest == 2)"
    ),
    Break("no_work_item_is_lost", SCHEDULER, "idle.all()", "idle.any()"),
    Break("nothing_else_is_issued", QUEUE, "Mux(self.fewer, self.round.columns, 0)", "0"),
    Break("a_work_item_is_issued_whole", SCHEDULER, "p.offset.eq(item", "p.offset.eq(queue.front"),
    Break(
        "an_owner_is_never_blocked_by_a_thief",
        SCHEDULER,
        "own.eq(queue.waiting != 0)",
        "own.eq((queue.waiting != 0) & ~move.valid)",
    ),
    Break("something_is_always_going_on", SCHEDULER, "own & offer.ready", "own"),
    Break("a_round_begins_when_all_is_finished", SCHEDULER, "idle.all()", "idle.any()"),
    Break("steals_only_if_allowed", SCHEDULER, "enable.eq(self.round.steal)", "enable.eq(1)"),
    Break("moved_tells_of_steals", SCHEDULER, "moved.eq(generator.move.valid)", "moved.eq(0)"),
    Break("counters_count_what_is_left", DETECTOR, "Mux(loses, left - 1, left)", "left"),
    Break("counters_stay_in_range", SCHEDULER, "].eq(queue.count)", "].eq(queue.count + 1)"),
]
BREAKS = [
    *(("work_queue", change) for change in QUEUE_BREAKS),
    *(("row_fetcher", change) for change in FETCHER_BREAKS),
    *(("scheduler", change) for change in SCHEDULER_BREAKS),
]


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_is_proven(name, tmp_path):
    verdict = prove(SPECIFICATIONS[name](), tmp_path)
    assert verdict.holds, verdict.report


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_is_about_something(name, tmp_path):
    assert -1 not in reach(SPECIFICATIONS[name](), tmp_path, within=8).values()


@pytest.mark.parametrize(
    ("name", "change"), BREAKS, ids=[f"{name}-{change.claim}" for name, change in BREAKS]
)
def test_broken_variant_is_refuted(name, change, monkeypatch, tmp_path):
    plant(monkeypatch, change)
    verdict = refute(SPECIFICATIONS[name](), tmp_path, claim=change.claim, within=8)
    assert verdict.failed == (change.claim,)


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_every_claim_is_refuted(name):
    broken = {change.claim for broken, change in BREAKS if broken == name}
    assert broken == set(claims(SPECIFICATIONS[name]()))
