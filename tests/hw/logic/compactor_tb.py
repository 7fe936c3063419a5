"""cocotb testbench of hw.logic.compactor; started by test_compactor.py."""

import random
from itertools import product

import cocotb
from amaranth.lib import data
from cocotb.triggers import Timer

from tests.support.runner import parameters
from tests.support.streams import from_bits, to_bits

LANES, BITS = parameters()["lanes"], parameters()["bits"]


async def compact(dut, marks, free):
    """Check that the marked lanes stand together behind `free` lanes that are left alone."""
    contents = [random.getrandbits(BITS) for _ in range(LANES)]
    distances = [
        marks[:lane].count(0) - free if mark else random.randrange(LANES)
        for lane, mark in enumerate(marks)
    ]
    dut.valid.value = to_bits(data.ArrayLayout(1, LANES), marks)
    dut.i.value = to_bits(data.ArrayLayout(BITS, LANES), contents)
    dut.distance.value = to_bits(data.ArrayLayout(range(LANES), LANES), distances)
    await Timer(1, unit="ns")
    moved = from_bits(data.ArrayLayout(BITS, LANES), dut.o.value.to_unsigned())
    kept = [content for content, mark in zip(contents, marks, strict=True) if mark]
    assert moved[free : free + len(kept)] == kept


def unmarked_at_the_front(marks):
    return marks.index(1) if 1 in marks else len(marks)


@cocotb.test(timeout_time=100, timeout_unit="us", skip=LANES > 8)
async def compacts_every_choice_of_lanes(dut):
    for marks in product((0, 1), repeat=LANES):
        await compact(dut, marks, free=0)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def leaves_lanes_free_at_the_front(dut):
    for _ in range(300):
        front = random.randrange(LANES)
        rest = [random.randrange(2) for _ in range(LANES - front)]
        marks = [0] * front + rest
        await compact(dut, marks, free=random.randint(0, unmarked_at_the_front(marks)))
