"""cocotbext-axi's models: a memory behind AXI4, and a host in front of AXI4-Lite."""

import logging
import random
import warnings

# cocotbext-axi 0.1.28 still says kill(), Edge and setimmediatevalue() to cocotb 2.1.
warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"cocotbext\.axi\b")


def memory(dut, prefix, size):
    """An `AxiRam` of `size` bytes at the ports ``prefix_araddr``, ..."""
    from cocotbext.axi import AxiBus, AxiRam

    ram = AxiRam(AxiBus.from_prefix(dut, prefix), dut.clk, dut.rst, size=size)
    quieten(ram.read_if, ram.write_if)
    return ram


def host(dut, prefix):
    """An `AxiLiteMaster` at the ports ``prefix_araddr``, ..."""
    from cocotbext.axi import AxiLiteBus, AxiLiteMaster

    master = AxiLiteMaster(AxiLiteBus.from_prefix(dut, prefix), dut.clk, dut.rst)
    quieten(master.read_if, master.write_if)
    return master


def quieten(*interfaces):
    for interface in interfaces:
        interface.log.setLevel(logging.ERROR)


def pause(*channels, chance):
    """Let each channel pause at random."""

    def pauses():
        while True:
            yield random.random() < chance

    for channel in channels:
        channel.set_pause_generator(pauses())
