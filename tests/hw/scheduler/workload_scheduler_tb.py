"""cocotb testbench of hw.scheduler.workload_scheduler; started by test_workload_scheduler.py."""

import random
from collections import deque

import cocotb

from grus.hw.config import CraneConfig
from tests.hw.scheduler.rounds import make_round, random_round
from tests.hw.scheduler.scheduler_bench import SchedulerBench, random_job
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])
ELEMENTS = range(CONFIG.group_pes)


class Group:
    """The rules of stealing, over a queue of work-items for each element."""

    def __init__(self):
        self.queues = [deque() for _ in ELEMENTS]
        self.round = None

    def begin(self, job):
        self.queues = [deque(job.items(bank)) for bank in ELEMENTS]
        self.round = job.round

    def taken(self, remaining):
        """Who takes what, and whether a work-item moves; `remaining` cycles are left to each."""
        counters = [len(self.queues[pe]) + (remaining[pe] > 0) for pe in ELEMENTS]
        left = [counters[pe] - (remaining[pe] == 1) for pe in ELEMENTS]
        taken = {
            pe: self.queues[pe].popleft()
            for pe in ELEMENTS
            if remaining[pe] <= 1 and self.queues[pe]
        }
        idle = [pe for pe in ELEMENTS if left[pe] == 0]
        victim = max(ELEMENTS, key=lambda pe: (counters[pe], pe))
        moves = bool(idle and self.round and self.round["steal"] and left[victim] > 1)
        if moves:
            taken[idle[0]] = self.queues[victim].pop()
        return taken, moves

    def done(self, remaining):
        """Nothing is left after this cycle."""
        return not any(self.queues) and max(remaining) <= 1


async def follow(bench, group, job=None):
    """One cycle of both; returns whether the job has begun."""
    working = any(bench.remaining) or any(group.queues)
    done = group.done(bench.remaining)
    taken, moves = group.taken(bench.remaining)
    happened = await bench.cycle(job)
    assert happened.taken == taken
    assert happened.moved == moves
    assert happened.fetching == working
    assert not working or happened.round == group.round
    assert happened.begun == (job is not None and done)
    if happened.begun:
        group.begin(job)
    return happened.begun


async def play(bench, group, job, *, chance_of_gap):
    """Offer the job, perhaps late, until it begins."""
    while random.random() < chance_of_gap:
        await follow(bench, group)
    while not await follow(bench, group, job):
        pass


def any_job(number, *, steal):
    fewer = {pe for pe in ELEMENTS if random.random() < 0.4}
    round_ = random_round(CONFIG, steal=steal) | {"resident_half": number % 2}
    return random_job(CONFIG, round_, fewer)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(
    (("longest", "chance_of_gap"), [(1, 0.0), (1, 0.7), (5, 0.0)]),
    steal=[0, 1],
)
async def hands_out_rounds_by_the_rules(dut, longest, chance_of_gap, steal):
    """Every work-item to the same element in the same cycle as the queues say."""
    bench = SchedulerBench(dut, CONFIG, lambda item: random.randint(1, longest))
    group = Group()
    await reset(dut)
    for number in range(15):
        await play(bench, group, any_job(number, steal=steal), chance_of_gap=chance_of_gap)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def several_thieves_are_served_one_a_cycle(dut):
    """All but the last element run dry at once."""
    bench = SchedulerBench(dut, CONFIG, lambda item: 1 if item["tag"]["bank"] in fewer else 40)
    group = Group()
    await reset(dut)
    fewer = set(ELEMENTS[:-1])
    for number in range(2):
        round_ = make_round(CONFIG, items=1, columns=CONFIG.output_words)
        job = random_job(CONFIG, round_ | {"resident_half": number % 2}, fewer)
        await play(bench, group, job, chance_of_gap=0.0)
    while not group.done(bench.remaining):
        await follow(bench, group)
