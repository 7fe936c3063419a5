# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.memory.owner_first_arbiter; started by test_owner_first_arbiter.py."""

from itertools import product

import cocotb
from cocotb.triggers import Timer

from grus.hw.memory.owner_first_arbiter import OwnerFirstArbiter
from tests.hw.memory.arbitration import winners
from tests.support.ports import Ports
from tests.support.runner import parameters

PORTS = parameters()["ports"]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def grants_each_bank_to_its_owner_or_the_lowest_thief(dut):
    """All requests that there can be."""
    arbiter = Ports(dut, OwnerFirstArbiter(PORTS))
    for valid, banks in product(range(1 << PORTS), product(range(PORTS), repeat=PORTS)):
        arbiter["valid"] = valid
        arbiter["banks"] = list(banks)
        await Timer(1, "ns")
        requests = {port: banks[port] for port in range(PORTS) if dut.valid.value[port]}
        expected = winners(requests)
        assert [bank for bank in range(PORTS) if dut.taken.value[bank]] == sorted(expected)
        served = [port for port in range(PORTS) if dut.granted.value[port]]
        assert served == sorted(expected.values())
        shown = arbiter["winners"]
        assert {bank: shown[bank] for bank in expected} == expected
