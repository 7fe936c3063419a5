"""cocotb testbench of hw.logic.select; started by test_select.py."""

import random

import cocotb
from amaranth.lib import data
from cocotb.triggers import Timer

from tests.support.runner import parameters
from tests.support.streams import from_bits, to_bits

DEPTH, BITS, WORDS = parameters()["depth"], parameters()["bits"], parameters()["words"]


@cocotb.test(timeout_time=100, timeout_unit="us")
async def finds_the_words_at_every_index(dut):
    for _ in range(20):
        vector = [random.getrandbits(BITS) for _ in range(DEPTH)]
        dut.vector.value = to_bits(data.ArrayLayout(BITS, DEPTH), vector)
        for index in range(DEPTH - WORDS + 1):
            dut.index.value = index
            await Timer(1, unit="ns")
            found = from_bits(data.ArrayLayout(BITS, WORDS), dut.found.value.to_unsigned())
            assert found == vector[index : index + WORDS]
