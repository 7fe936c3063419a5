"""cocotb testbench of hw.pe.matcher; started by test_matcher.py."""

import random
from itertools import accumulate

import cocotb

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import GROUP_LANES, LocatedLayout
from grus.hw.pe.matcher import MatchedLayout, Matcher
from tests.hw.pe.reference import counted, positions_of
from tests.support.ports import Ports, flags
from tests.support.runner import parameters
from tests.support.transfers import absorbed, pass_through, random_payload

CONFIG = CraneConfig(**parameters())
SHAPES = LocatedLayout(CONFIG), MatchedLayout(CONFIG)
LANES, LARGEST_STEP = CONFIG.lookahead, CONFIG.largest_run + 1


def random_marks(density):
    """Positions of each half that are marked."""
    return [
        {place for place in range(CONFIG.patch_positions) if random.random() < density}
        for _ in range(2)
    ]


def located_row(chance_of_value):
    """A row; its steps are as small, as large, or as different as they can be."""
    steps = random.choice(((1, 1), (LARGEST_STEP, LARGEST_STEP), (1, LARGEST_STEP)))
    start = random.randrange(CONFIG.patch_positions)
    ascending = accumulate((random.randint(*steps) for _ in range(LANES - 1)), initial=start)
    return row_at(ascending, chance_of_value)


def row_at(positions, chance_of_value):
    """A filler has a position too; a pair behind the patch may point anywhere."""
    row = random_payload(SHAPES[0])
    for lane, position in enumerate(positions):
        group = lane // GROUP_LANES
        row["values"][lane] = 0
        if position < CONFIG.patch_positions:
            if lane % GROUP_LANES == 0:
                row["starts"][group] = position
            row["offsets"][lane] = position - row["starts"][group]
            if random.random() < chance_of_value:
                row["values"][lane] = random.choice((1, -1, -(2 ** (CONFIG.data_bits - 1))))
    return row


def matched(row, marks):
    meets, positions = marks[row["tag"]["round"]], positions_of(row, CONFIG)
    hits = [
        int(value != 0 and place in meets)
        for value, place in zip(row["values"], positions, strict=True)
    ]
    return {
        "values": row["values"],
        "positions": positions,
        **counted(hits),
        "last": row["last"],
        "tag": row["tag"],
    }


async def match(dut, rows, marks, **pauses):
    Ports(dut, Matcher(CONFIG))["nonzero"] = [flags(half) for half in marks]
    transfers = await pass_through(dut, SHAPES, rows, **pauses)
    assert [row for _, row in transfers] == [matched(row, marks) for row in rows]
    return transfers


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def marks_the_effectual_pairs(dut, gap, stall):
    rows = [located_row(random.choice((0.3, 0.9))) for _ in range(40)]
    await match(dut, rows, random_marks(0.5), gap=gap, stall=stall)


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(marked=[0.0, 1.0], chance_of_value=[0.0, 1.0])
async def marks_all_or_nothing(dut, marked, chance_of_value):
    rows = [located_row(chance_of_value) for _ in range(4)]
    await match(dut, rows, random_marks(marked))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def looks_at_each_position(dut):
    """One mark at a time, in one half; the other half has all the others."""
    everywhere = set(range(CONFIG.patch_positions))
    for place in (0, CONFIG.patch_positions // 2, CONFIG.patch_positions - 1):
        rows = []
        for half in (0, 1):
            for lane in range(min(LANES, place + 1)):
                # Up to this lane by the largest steps that there is room for.
                before = [max(place - (lane - n) * LARGEST_STEP, n) for n in range(lane)]
                row = row_at([*before, *range(place, place + LANES - lane)], 1.0)
                row["tag"]["round"] = half
                rows.append(row)
        for marks in ([{place}, everywhere - {place}], [everywhere - {place}, {place}]):
            await match(dut, rows, marks)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def passes_one_row_a_cycle(dut):
    transfers = await match(dut, [located_row(0.5) for _ in range(20)], random_marks(0.5))
    assert [cycle for cycle, _ in transfers] == [1 + n for n in range(20)]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_one_row(dut):
    Ports(dut, Matcher(CONFIG))
    assert await absorbed(dut, SHAPES, [located_row(0.5) for _ in range(3)]) == 1
