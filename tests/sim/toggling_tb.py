"""Lets a counter run for a known number of cycles."""

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles

CYCLES = 100


@cocotb.test()
async def runs(dut):
    Clock(dut.clk, 10, unit="ns").start()
    dut.rst.value = 0
    await ClockCycles(dut.clk, CYCLES)
