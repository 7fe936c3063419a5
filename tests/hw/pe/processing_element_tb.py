"""cocotb testbench of hw.pe.processing_element; started by test_processing_element.py."""

import random
from itertools import groupby

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles

from grus.hw.config import CraneConfig
from grus.hw.layouts import Activity
from tests.hw.pe.element_bench import Bench, Round, Work
from tests.hw.pe.reference import hits_of, random_operand, rows_of, schedule
from tests.support.runner import parameters

CONFIG = CraneConfig(**parameters())
LOWEST = -(2 ** (CONFIG.data_bits - 1))
# From a work-item's arrival to its first match: row fetcher 3, index selector 3.
TO_MATCH = 6
# From a match to its result: multipliers, adder tree, last-level adder, result register.
TO_RESULT = 2 + CONFIG.tree_levels + 1 + 1


def work(resident, offset=0):
    """A work-item that knows nothing of the patch's first `offset` positions."""
    rows = rows_of(resident[offset:], CONFIG)
    return Work(np.concatenate((np.zeros(offset, np.int64), resident[offset:])), offset, rows)


def random_work():
    density = random.choice((0.0, 0.1, 0.4, 1.0))
    return work(random_operand(CONFIG, density), random.randint(0, CONFIG.patch_positions // 4))


def random_round(items, density=0.5):
    return Round(random_operand(CONFIG, density), [random_work() for _ in range(items)])


def dense_round(broadcast, resident, items=1):
    patch = np.full(CONFIG.patch_positions, broadcast)
    return Round(patch, [work(np.full(CONFIG.patch_positions, resident)) for _ in range(items)])


def matches_of(each):
    hits = [hits_of(item.rows, each.patch[item.offset :], CONFIG) for item in each.items]
    return schedule(hits, CONFIG.multipliers)


def sums(rounds):
    return [int(item.resident @ each.patch) for each in rounds for item in each.items]


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5], refusal=[0.0, 0.5])
async def sums_equal_dot_products(dut, gap, stall, refusal):
    """Rounds of few work-items, so that each patch is replaced as soon as it may be."""
    rounds = [random_round(random.randint(0, 3)) for _ in range(14)]
    bench = Bench(dut, CONFIG, gap=gap, stall=stall, refusal=refusal)
    assert await bench.compute(rounds) == sums(rounds)
    assert sum(bench.macs) == sum(count for each in rounds for _, count, _ in matches_of(each))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def sums_the_extremes(dut):
    """All products as large as they can be, or as negative, or zero; and nothing at all."""
    rounds = [
        dense_round(broadcast, resident)
        for broadcast in (LOWEST, -LOWEST - 1, 0)
        for resident in (LOWEST, -LOWEST - 1, 0)
    ]
    assert await Bench(dut, CONFIG).compute(rounds) == sums(rounds)


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(density=[0.1, 0.5, 1.0])
async def takes_the_cycles_that_it_promises(dut, density):
    """One row or one full match a cycle, and no gap between work-items."""
    each = random_round(12, density)
    expected = matches_of(each)
    bench = Bench(dut, CONFIG)
    dut.idle.value = Activity.IMBALANCE.value
    assert await bench.compute([each]) == sums([each])
    await ClockCycles(dut.clk, 10)
    first_match = bench.takes[0] + TO_MATCH
    assert [cycle for cycle, _ in bench.sink.transfers] == [
        first_match + cycle + TO_RESULT for cycle, _, last in expected if last
    ]
    macs = np.zeros(len(bench.macs), np.int64)
    for cycle, count, _ in expected:
        macs[first_match + cycle] = count
    assert bench.macs == macs.tolist()
    runs = [(cause, len(list(cycles))) for cause, cycles in groupby(bench.activities)]
    assert runs[:-1] == [
        (Activity.MEMORY, 4),  # nothing is known yet of the cycles before the reset
        (Activity.IMBALANCE, bench.takes[0]),
        (Activity.RESIDENT_FETCH, 1),
        (Activity.BUSY, 2 + expected[-1][0]),  # from the first row's entry to the last match
    ]
    assert runs[-1][0] == Activity.IMBALANCE


@cocotb.test(timeout_time=100, timeout_unit="us")
async def says_why_it_idles(dut):
    """What the scheduler says, as long as there is no work-item."""
    bench = Bench(dut, CONFIG)
    await bench.start()
    for cause in Activity:
        dut.idle.value = cause.value
        await ClockCycles(dut.clk, 10)
        assert bench.activities[-5:] == [cause] * 5


@cocotb.test(timeout_time=100, timeout_unit="us")
async def counts_refused_requests_as_conflicts(dut):
    rounds = [dense_round(1, 1)]
    bench = Bench(dut, CONFIG, refusal=1.0)
    computing = cocotb.start_soon(bench.compute(rounds))
    await ClockCycles(dut.clk, 40)
    assert bench.activities[-10:] == [Activity.CONFLICT] * 10
    bench.ram.chance_of_refusal = 0.0
    assert await computing == sums(rounds)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def counts_refused_results_as_conflicts(dut):
    """Stopped, the pipeline keeps all that is in it, and multiplies nothing."""
    rounds = [dense_round(1, 1, items=8)]
    bench = Bench(dut, CONFIG, stall=1.0)
    computing = cocotb.start_soon(bench.compute(rounds))
    await ClockCycles(dut.clk, 8 * CONFIG.patch_positions // CONFIG.multipliers + 20)
    assert bench.activities[-10:] == [Activity.CONFLICT] * 10
    assert sum(bench.macs[-10:]) == 0
    bench.sink.chance_of_stall = 0.0
    assert await computing == sums(rounds)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def multiplies_only_in_busy_cycles(dut):
    bench = Bench(dut, CONFIG, gap=0.3, stall=0.3, refusal=0.3)
    await bench.compute([random_round(3) for _ in range(8)])
    busy = [activity == Activity.BUSY for activity in bench.activities]
    assert all(is_busy for is_busy, macs in zip(busy, bench.macs, strict=True) if macs)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def needs_a_half_until_its_last_match(dut):
    """Of the patch: from the cycle after the work-item came to that of its last match."""
    each = random_round(1)
    bench = Bench(dut, CONFIG)
    await bench.compute([each])
    cycles, _, _ = zip(*matches_of(each), strict=True)
    last_match = bench.takes[0] + TO_MATCH + cycles[-1]
    needed = [cycle for cycle, halves in enumerate(bench.rounds_needed) if halves == {0}]
    assert needed == list(range(bench.takes[0] + 1, last_match + 1))
