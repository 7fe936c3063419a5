"""cocotb testbench of hw.pe.pair_joiner; started by test_pair_joiner.py."""

import random

import cocotb

from grus.hw.config import CraneConfig
from grus.hw.layouts import MatchLayout, TagLayout
from grus.hw.pe.matcher import MatchedLayout
from tests.hw.pe.reference import counted, schedule
from tests.support.ports import flagged
from tests.support.runner import parameters
from tests.support.transfers import absorbed, pass_through, random_payload

CONFIG = CraneConfig(**parameters())
SHAPES = MatchedLayout(CONFIG), MatchLayout(CONFIG)


def work_item(hit_counts):
    """Matched rows of one work-item; what is not effectual is noise."""
    tag = random_payload(TagLayout(CONFIG))
    return [
        matched_row(hits, tag, last=int(n == len(hit_counts) - 1))
        for n, hits in enumerate(hit_counts)
    ]


def matched_row(hit_count, tag, last):
    row = random_payload(SHAPES[0])
    hits = [0] * CONFIG.lookahead
    for lane in random.sample(range(CONFIG.lookahead), hit_count):
        hits[lane] = 1
    return row | counted(hits) | {"last": last, "tag": tag}


def hit_counts(items):
    return [[row["hits"].bit_count() for row in item] for item in items]


def pairs_of(item):
    return [
        (row["values"][lane], row["positions"][lane])
        for row in item
        for lane in sorted(flagged(row["hits"]))
    ]


def pairs_in(matches):
    return [
        pair
        for match in matches
        for pair in list(zip(match["values"], match["positions"], strict=True))[: match["count"]]
    ]


def random_items(count):
    items = []
    for _ in range(count):
        most = random.choice((1, CONFIG.multipliers, CONFIG.lookahead))
        rows = random.randint(1, 5)
        items.append(work_item([random.randint(0, most) for _ in range(rows)]))
    return items


async def join(dut, items, **pauses):
    rows = [row for item in items for row in item]
    expected = schedule(hit_counts(items), CONFIG.multipliers)
    transfers = await pass_through(dut, SHAPES, rows, outputs=len(expected), **pauses)
    matches = [match for _, match in transfers]
    assert [(match["count"], match["last"]) for match in matches] == [
        (count, last) for _, count, last in expected
    ]
    assert pairs_in(matches) == [pair for item in items for pair in pairs_of(item)]
    ends = [match for match in matches if match["last"]]
    assert [match["tag"] for match in ends] == [item[0]["tag"] for item in items]
    return transfers


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def joins_rows_into_full_matches(dut, gap, stall):
    await join(dut, random_items(40), gap=gap, stall=stall)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def joins_every_rest_with_every_row(dut):
    """Each number of pairs left over, followed by each number of new ones."""
    items = [
        work_item([rest, hits, 0])
        for rest in range(CONFIG.multipliers)
        for hits in range(CONFIG.lookahead + 1)
    ]
    await join(dut, items, stall=0.2)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def yields_one_empty_match_for_nothing(dut):
    """Also several rows long; and an empty end where the pairs fill their matches exactly."""
    full = CONFIG.multipliers
    transfers = await join(dut, [work_item(hits) for hits in ([0], [0, 0, 0], [full, 0], [0])])
    assert [match["count"] for _, match in transfers] == [0, 0, full, 0, 0]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def takes_the_cycles_that_it_promises(dut):
    items = random_items(40)
    expected = schedule(hit_counts(items), CONFIG.multipliers)
    transfers = await join(dut, items)
    assert [cycle for cycle, _ in transfers] == [1 + cycle for cycle, _, _ in expected]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def tags_each_match(dut):
    """All matches of a work-item carry its tag, not only the last."""
    item = work_item([CONFIG.lookahead] * 3)
    transfers = await join(dut, [item, *random_items(2)])
    own = transfers[: 3 * CONFIG.lookahead // CONFIG.multipliers]
    assert {str(match["tag"]) for _, match in own} == {str(item[0]["tag"])}


@cocotb.test(timeout_time=100, timeout_unit="us")
async def stalled_takes_rows_up_to_one_match(dut):
    """It waits for `multipliers` pairs or the end of the work-item, then refuses."""
    few = work_item([1] * (CONFIG.multipliers + 2))
    assert await absorbed(dut, SHAPES, few) == CONFIG.multipliers
