"""cocotb testbench of hw.pe.adder_tree; started by test_adder_tree.py."""

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.config import CraneConfig
from grus.hw.layouts import SumLayout, TermsLayout
from tests.support.ports import flagged, flags
from tests.support.runner import parameters
from tests.support.streams import Source, Stream, reset
from tests.support.transfers import absorbed, pass_through, random_payload

CONFIG = CraneConfig(**parameters())
SHAPES = TermsLayout(CONFIG), SumLayout(CONFIG)
LOWEST, HIGHEST = -(2 ** (CONFIG.product_bits - 1)), 2 ** (CONFIG.product_bits - 1) - 1


def summed(terms):
    kept = [terms["terms"][lane] for lane in flagged(terms["keep"])]
    return {"sum": sum(kept), "last": terms["last"], "tag": terms["tag"]}


async def add(dut, groups, **pauses):
    transfers = await pass_through(dut, SHAPES, groups, **pauses)
    assert [total for _, total in transfers] == [summed(terms) for terms in groups]
    return transfers


def random_terms(count):
    return [random_payload(SHAPES[0]) for _ in range(count)]


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def sums_the_kept_terms(dut, gap, stall):
    await add(dut, random_terms(100), gap=gap, stall=stall)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def sums_the_extremes(dut):
    """All terms as large, or as negative, as they can be; all of them, none, and each alone."""
    lanes = range(CONFIG.multipliers)
    keeps = [flags(lanes), 0, *(flags([lane]) for lane in lanes)]
    groups = [
        random_payload(SHAPES[0]) | {"terms": [term] * CONFIG.multipliers, "keep": keep}
        for term in (LOWEST, HIGHEST, -1)
        for keep in keeps
    ]
    await add(dut, groups)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def takes_a_cycle_for_each_level(dut):
    transfers = await add(dut, random_terms(20))
    assert [cycle for cycle, _ in transfers] == [CONFIG.tree_levels + n for n in range(20)]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def stops_as_a_whole(dut):
    """A stalled sum stops the input, even if the levels behind it are empty."""
    source = Source(Stream(dut, "i", SHAPES[0]))
    dut.o__ready.value = 0
    await reset(dut)
    await source.send(random_payload(SHAPES[0]))
    await ClockCycles(dut.clk, CONFIG.tree_levels)
    await FallingEdge(dut.clk)
    assert dut.o__valid.value == 1
    assert dut.i__ready.value == 0


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_its_sum(dut):
    """One transfer enters the empty tree and, 20 cycles later, stands stalled at its end."""
    assert await absorbed(dut, SHAPES, random_terms(2)) == 1
