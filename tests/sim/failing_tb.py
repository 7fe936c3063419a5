"""A cocotb testbench that fails; started by test_simulators.py."""

import cocotb


@cocotb.test()
async def fails(dut):
    assert dut.rst.value == 2
