"""cocotb testbench of hw.pe.multipliers; started by test_multipliers.py."""

import random
from itertools import product

import cocotb

from grus.hw.config import CraneConfig
from grus.hw.layouts import OperandsLayout, TermsLayout
from tests.support.ports import flags
from tests.support.runner import parameters
from tests.support.transfers import absorbed, pass_through, random_payload

CONFIG = CraneConfig(**parameters())
SHAPES = OperandsLayout(CONFIG), TermsLayout(CONFIG)
LOWEST, HIGHEST = -(2 ** (CONFIG.data_bits - 1)), 2 ** (CONFIG.data_bits - 1) - 1


def operands():
    """Random operands; lanes from `count` on are noise."""
    count = random.randint(0, CONFIG.multipliers)
    return random_payload(SHAPES[0]) | {"count": count}


def expected(match):
    """The products of the lanes in use, and what goes with them."""
    pairs = zip(match["resident"], match["broadcast"], strict=True)
    return {
        "terms": [resident * broadcast for resident, broadcast in pairs][: match["count"]],
        "keep": flags(range(match["count"])),
        "last": match["last"],
        "tag": match["tag"],
    }


async def multiply(dut, matches, **pauses):
    transfers = await pass_through(dut, SHAPES, matches, **pauses)
    for match, (_, products) in zip(matches, transfers, strict=True):
        used = products["terms"][: match["count"]]
        assert products | {"terms": used} == expected(match)
    return transfers


@cocotb.test(timeout_time=100, timeout_unit="us")
@cocotb.parametrize(gap=[0.0, 0.5], stall=[0.0, 0.5])
async def multiplies_each_lane(dut, gap, stall):
    await multiply(dut, [operands() for _ in range(100)], gap=gap, stall=stall)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def multiplies_the_extremes(dut):
    lanes = CONFIG.multipliers
    extremes = product((LOWEST, -1, 0, HIGHEST), repeat=2)
    everything = [
        operands() | {"resident": [a] * lanes, "broadcast": [b] * lanes, "count": lanes}
        for a, b in extremes
    ]
    await multiply(dut, everything)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def takes_two_cycles(dut):
    transfers = await multiply(dut, [operands() for _ in range(20)])
    assert [cycle for cycle, _ in transfers] == [2 + n for n in range(20)]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def holds_two_matches(dut):
    assert await absorbed(dut, SHAPES, [operands() for _ in range(4)]) == 2
