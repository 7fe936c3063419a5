"""cocotb testbench of one of the paper's examples; started by test_paper_examples.py."""

import cocotb

from grus.hw.config import CraneConfig
from tests.hw.scheduler.rounds import make_round
from tests.hw.scheduler.scheduler_bench import SchedulerBench, random_job
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])
DURATIONS, CYCLES = parameters()["durations"], parameters()["cycles"]
VICTIM = CONFIG.pes - 1


def duration_of(item):
    """As the example says; a work-item's word of the output RAM is its number in its bank."""
    return DURATIONS[item["tag"]["bank"]][item["tag"]["address"]]


async def play(dut, *, steal):
    """Begin the round; return the cycles with work, and who took which work-item of the victim."""
    bench = SchedulerBench(dut, CONFIG, duration_of)
    await reset(dut)
    items = max(map(len, DURATIONS))
    fewer = {pe for pe, own in enumerate(DURATIONS) if len(own) < items}
    job = random_job(CONFIG, make_round(CONFIG, items=items, steal=steal), fewer)
    assert (await bench.cycle(job)).begun
    taken_by = {}
    cycles = 0
    while (happened := await bench.cycle()).fetching:
        cycles += any(bench.remaining)
        for pe, item in happened.taken.items():
            if item["tag"]["bank"] == VICTIM:
                taken_by[item["tag"]["address"]] = pe
    return cycles, taken_by


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def takes_as_long_as_the_paper_says(dut):
    """Without stealing everybody does its own; with it the last work-item moves, once."""
    assert await play(dut, steal=0) == (CYCLES[0], {0: VICTIM, 1: VICTIM})
    assert await play(dut, steal=1) == (CYCLES[1], {0: VICTIM, 1: parameters()["stolen_by"]})
