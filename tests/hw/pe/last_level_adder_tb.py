"""cocotb testbench of hw.pe.last_level_adder; started by test_last_level_adder.py."""

import random

import cocotb

from grus.hw.config import CraneConfig
from grus.hw.layouts import ResultLayout, SumLayout
from tests.support.runner import parameters
from tests.support.transfers import absorbed, pass_through, random_payload

CONFIG = CraneConfig(**parameters())
SHAPES = SumLayout(CONFIG), ResultLayout(CONFIG)
SUMS_OF_A_PATCH = -(-CONFIG.patch_positions // CONFIG.multipliers)
LARGEST_PRODUCT = 2 ** (2 * CONFIG.data_bits - 2)


def work_item(sums):
    """Sums of the adder tree that belong together; only the last one's tag counts."""
    return [
        random_payload(SHAPES[0]) | {"sum": total, "last": int(n == len(sums) - 1)}
        for n, total in enumerate(sums)
    ]


def random_item(most_sums=6):
    limit = CONFIG.multipliers * LARGEST_PRODUCT
    count = random.randint(1, min(most_sums, SUMS_OF_A_PATCH - 1))
    return work_item([random.randint(1 - limit, limit) for _ in range(count)])


async def add_up(dut, items, **pauses):
    sums = [total for item in items for total in item]
    transfers = await pass_through(dut, SHAPES, sums, outputs=len(items), **pauses)
    assert [total for _, total in transfers] == [
        {"sum": sum(part["sum"] for part in item), "tag": item[-1]["tag"]} for item in items
    ]
    return transfers


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def totals_each_work_item(dut, gap, stall):
    await add_up(dut, [random_item() for _ in range(60)], gap=gap, stall=stall)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def totals_a_whole_patch_of_extremes(dut):
    """All products of most negative values, then all of them just as far below zero."""
    items = []
    for product in (LARGEST_PRODUCT, -LARGEST_PRODUCT + 2 ** (CONFIG.data_bits - 1)):
        full, left = divmod(CONFIG.patch_positions, CONFIG.multipliers)
        items.append(work_item([CONFIG.multipliers * product] * full + [left * product]))
    await add_up(dut, items)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def takes_one_cycle(dut):
    """From a work-item's last sum to its total; the sums come without a gap."""
    items = [random_item() for _ in range(20)]
    ends = [sum(len(item) for item in items[: n + 1]) for n in range(len(items))]
    assert [cycle for cycle, _ in await add_up(dut, items)] == ends


@cocotb.test(timeout_time=100, timeout_unit="us")
async def takes_no_sum_while_a_total_waits(dut):
    sums = [*work_item([1]), *work_item([2, 3])]
    assert await absorbed(dut, SHAPES, sums) == 1
