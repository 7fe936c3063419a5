"""cocotb testbench of hw.pe.index_selector; started by test_index_selector.py."""

import random
from typing import NamedTuple

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import TaggedRowLayout
from grus.hw.layouts import MatchLayout, TagLayout
from grus.hw.pe.index_selector import IndexSelector
from tests.hw.pe.reference import effectual_pairs, hits_of, random_operand, rows_of, schedule
from tests.support.ports import Ports, flags
from tests.support.runner import parameters
from tests.support.streams import Source, Stream, reset
from tests.support.transfers import absorbed, pass_through, random_payload

CONFIG = CraneConfig(**parameters())
SHAPES = TaggedRowLayout(CONFIG), MatchLayout(CONFIG)


class Item(NamedTuple):
    """One work-item: its resident operand, encoded, and which of the two patches it meets."""

    resident: np.ndarray
    rows: list
    tag: dict

    @property
    def round(self):
        return self.tag["round"]

    def tagged_rows(self):
        last = len(self.rows) - 1
        return [
            {"row": row, "start": 0, "last": int(n == last), "tag": self.tag}
            for n, row in enumerate(self.rows)
        ]


def item(resident):
    return Item(resident, rows_of(resident, CONFIG), random_payload(TagLayout(CONFIG)))


def random_items(count, densities=(0.0, 0.1, 0.3, 0.6, 1.0)):
    return [item(random_operand(CONFIG, random.choice(densities))) for _ in range(count)]


def pairs_in(matches):
    """Pairs of each work-item, in order; checks that all but the last match are full."""
    items, pairs = [], []
    for match in matches:
        used = list(zip(match["values"], match["positions"], strict=True))[: match["count"]]
        pairs += used
        assert match["last"] or len(used) == CONFIG.multipliers, "a match that is not full"
        if match["last"]:
            items.append((pairs, match["tag"]))
            pairs = []
    return items


def expected_schedule(items, patches):
    hits = [hits_of(item.rows, patches[item.round], CONFIG) for item in items]
    return schedule(hits, CONFIG.multipliers)


def set_patches(dut, patches):
    nonzero = [flags(np.flatnonzero(patch).tolist()) for patch in patches]
    ports = Ports(dut, IndexSelector(CONFIG))
    ports["nonzero"] = nonzero


async def select(dut, items, patches, **pauses):
    set_patches(dut, patches)
    rows = [row for item in items for row in item.tagged_rows()]
    matches = len(expected_schedule(items, patches))
    transfers = await pass_through(dut, SHAPES, rows, outputs=matches, **pauses)
    assert pairs_in([match for _, match in transfers]) == [
        (effectual_pairs(item.resident, patches[item.round]), item.tag) for item in items
    ]
    return transfers


def random_patches(density):
    return [random_operand(CONFIG, density) for _ in range(2)]


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def finds_the_intersection(dut, gap, stall):
    await select(dut, random_items(25), random_patches(0.5), gap=gap, stall=stall)


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(broadcast=[0.0, 1.0], resident=[0.0, 1.0])
async def finds_all_or_nothing(dut, broadcast, resident):
    await select(dut, random_items(4, [resident]), random_patches(broadcast))


@cocotb.test(timeout_time=100, timeout_unit="us")
async def finds_pairs_behind_fillers(dut):
    """One value at each position, alone in its segment; no filler is ever selected."""
    items = []
    for place in range(CONFIG.patch_positions):
        resident = random_operand(CONFIG, 0.0)
        resident[place] = -(2 ** (CONFIG.data_bits - 1))
        items.append(item(resident))
    await select(dut, items, random_patches(1.0), stall=0.2)


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(density=[0.1, 0.5, 1.0])
async def takes_the_cycles_that_it_promises(dut, density):
    """Latency 3; one row or one full match a cycle, whichever takes longer."""
    items, patches = random_items(20), random_patches(density)
    transfers = await select(dut, items, patches)
    matches = [(cycle, match["count"], match["last"]) for cycle, match in transfers]
    assert matches == [
        (3 + cycle, count, last) for cycle, count, last in expected_schedule(items, patches)
    ]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_three_rows(dut):
    """One in each stage; the last of them has at least one match waiting."""
    set_patches(dut, random_patches(1.0))
    rows = item(random_operand(CONFIG, 1.0)).tagged_rows() * 3
    assert await absorbed(dut, SHAPES, rows) == 3


@cocotb.test(timeout_time=100, timeout_unit="us")
async def starves_only_for_want_of_rows(dut):
    """Not while a row comes each cycle, and not while matches wait to be taken."""
    set_patches(dut, random_patches(1.0))
    source = Source(Stream(dut, "i", SHAPES[0]))
    dut.o__ready.value = 0
    await reset(dut)
    await FallingEdge(dut.clk)
    assert dut.starving.value == 1
    cocotb.start_soon(source.send(item(random_operand(CONFIG, 1.0)).tagged_rows()[0]))
    await ClockCycles(dut.clk, 10)
    await FallingEdge(dut.clk)
    assert dut.starving.value == 0, "stalled"
    dut.o__ready.value = 1
    await ClockCycles(dut.clk, CONFIG.lookahead)
    await FallingEdge(dut.clk)
    assert dut.starving.value == 1
    rows = item(random_operand(CONFIG, 0.0)).tagged_rows()
    cocotb.start_soon(source.send_all(rows * 20))
    await ClockCycles(dut.clk, 3)
    for _ in range(10):
        await FallingEdge(dut.clk)
        assert dut.starving.value == 0, "fed"
