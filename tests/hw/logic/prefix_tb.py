"""cocotb testbench of hw.logic.prefix; started by test_prefix.py."""

import random

import cocotb
import numpy as np
from amaranth.lib import data
from cocotb.triggers import Timer

from tests.support.runner import parameters
from tests.support.streams import from_bits, to_bits

LANES, TERM_BITS, SUM_BITS = (
    parameters()["lanes"],
    parameters()["term_bits"],
    parameters()["sum_bits"],
)


async def sums_of(dut, terms):
    dut.terms.value = to_bits(data.ArrayLayout(TERM_BITS, LANES), terms)
    await Timer(1, unit="ns")
    return from_bits(data.ArrayLayout(SUM_BITS, LANES), dut.sums.value.to_unsigned())


def expected(terms):
    return [int(total) for total in np.cumsum(terms) % 2**SUM_BITS]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def sums_up_to_each_lane(dut):
    for _ in range(200):
        terms = [random.getrandbits(TERM_BITS) for _ in range(LANES)]
        assert await sums_of(dut, terms) == expected(terms)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def sums_the_extremes(dut):
    for term in (0, 1, 2**TERM_BITS - 1):
        assert await sums_of(dut, [term] * LANES) == expected([term] * LANES)


@cocotb.test(timeout_time=100, timeout_unit="us")
async def counts_each_lane_in_the_sums_from_it_on(dut):
    for lane in range(LANES):
        terms = [int(index == lane) for index in range(LANES)]
        assert await sums_of(dut, terms) == [0] * lane + [1] * (LANES - lane)
