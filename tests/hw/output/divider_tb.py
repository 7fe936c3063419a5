# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.output.divider; started by test_divider.py."""

import random
from itertools import pairwise

import cocotb

from grus.golden.formats import signed_range
from grus.hw.output.divider import Divider
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

SHAPE = parameters()
LANES, LARGEST = SHAPE["lanes"], SHAPE["largest"]
LOW, HIGH = signed_range(SHAPE["mean_bits"])


def mean(total, elements):
    """Rounded half up."""
    return (2 * total + elements) // (2 * elements)


def random_division():
    """Sums that so many elements can have, ties and extremes among them."""
    elements = random.randint(1, LARGEST)
    extremes = [LOW * elements, HIGH * elements, 0, -1, elements // 2, -(elements // 2)]
    anything = [random.randint(LOW * elements, HIGH * elements) for _ in extremes]
    return {"sums": random.choices(extremes + anything, k=LANES), "elements": elements}


def means(division):
    return [mean(total, division["elements"]) for total in division["sums"]]


async def divide(dut, divisions, *, gap=0.0, stall=0.0):
    """Send all; return the sink with what came out."""
    ports = Ports(dut, Divider(**SHAPE))
    source, sink = Source(ports.stream("i")), Sink(ports.stream("o"), chance_of_stall=stall)
    await reset(dut)
    cocotb.start_soon(source.send_all(divisions, chance_of_gap=gap))
    await sink.take(len(divisions), timeout=100 * len(divisions))
    return sink


@cocotb.test(timeout_time=5, timeout_unit="ms")
@cocotb.parametrize((("gap", "stall"), [(0.0, 0.0), (0.9, 0.5)]))
async def rounds_half_up(dut, gap, stall):
    """Any sums; a result is held until it is taken."""
    divisions = [random_division() for _ in range(120)]
    sink = await divide(dut, divisions, gap=gap, stall=stall)
    assert sink.payloads == [means(division) for division in divisions]


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def every_number_of_elements(dut):
    """The ends of the range and both sides of a tie, for each divisor."""
    divisions = [
        {"sums": [total] * LANES, "elements": elements}
        for elements in range(1, LARGEST + 1)
        for total in (LOW * elements, HIGH * elements, elements // 2, -(elements // 2) - 1)
    ]
    sink = await divide(dut, divisions)
    assert sink.payloads == [means(division) for division in divisions]


@cocotb.test(timeout_time=5, timeout_unit="ms")
async def takes_as_long_as_it_says(dut):
    """One vector at a time, each ``sum_bits + 3`` cycles from taking it to its result."""
    sink = await divide(dut, [random_division() for _ in range(5)])
    cycles = [cycle for cycle, _ in sink.transfers]
    under_way = SHAPE["sum_bits"] + 3
    assert cycles[0] == under_way
    assert {after - before for before, after in pairwise(cycles)} == {under_way + 1}
