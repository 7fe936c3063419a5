# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.memory.resident_ram; started by test_resident_ram.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.layouts import RowLayout
from grus.hw.memory.resident_ram import ResidentRam
from tests.hw.memory.arbitration import winners
from tests.support.ports import Ports, flags
from tests.support.runner import parameters
from tests.support.streams import reset
from tests.support.transfers import random_payload

CONFIG = CraneConfig(**parameters()["config"])
BANKS, ROWS = CONFIG.group_pes, CONFIG.resident_rows


def random_request(half):
    return {"bank": random.randrange(BANKS), "half": half, "row": random.randrange(ROWS)}


class Bench:
    """One memory, what it should hold, and requesters that repeat what was refused."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, ResidentRam(CONFIG))
        self.rows = {}  # (half, bank, index) -> row
        self.ends = {(half, bank): set() for half in range(2) for bank in range(BANKS)}
        self.last_rows = {}
        self.requests = [None] * BANKS
        self.expected = {}  # requester -> row that it must see in this cycle

    def write(self, half, bank, index):
        row, ends = random_payload(RowLayout(CONFIG)), random.getrandbits(1)
        self.ports["writes__valid"] = 1
        self.ports["writes__payload"] = {
            "bank": bank,
            "half": half,
            "index": index,
            "ends": ends,
            "row": row,
        }
        self.rows[half, bank, index] = row
        self.ends[half, bank] -= {index}
        if ends:
            self.ends[half, bank].add(index)
        self.last_rows[half, bank] = index

    def no_write(self):
        self.ports["writes__valid"] = 0
        self.ports.scramble("writes__payload")

    async def fill(self, half):
        for bank in range(BANKS):
            for index in range(ROWS):
                self.write(half, bank, index)
                await RisingEdge(self.dut.clk)
        self.no_write()

    def ask(self, half, chance):
        for port in range(BANKS):
            if self.requests[port] is None and random.random() < chance:
                self.requests[port] = random_request(half)
            asks = self.requests[port] is not None
            self.ports[f"requests__{port}__valid"] = asks
            if asks:
                self.ports[f"requests__{port}__payload"] = self.requests[port]
            else:
                self.ports.scramble(f"requests__{port}__payload")

    def check(self):
        """Answers of the cycle before, and who is granted in this one."""
        for port, row in self.expected.items():
            assert self.ports[f"rows__{port}"] == row
        banks = {port: ask["bank"] for port, ask in enumerate(self.requests) if ask}
        granted = {port for port in banks if self.ports[f"requests__{port}__ready"]}
        assert granted == set(winners(banks).values())
        self.expected = {}
        for port in granted:
            request, self.requests[port] = self.requests[port], None
            key = request["half"], request["bank"], request["row"]
            self.expected[port] = self.rows[key]
        return len(granted)

    def check_fills(self):
        fills = self.ports["fills"]
        for (half, bank), last_row in self.last_rows.items():
            ends = flags(self.ends[half, bank])
            assert fills[half][bank] == {"ends": ends, "last_row": last_row}


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(chance=[0.3, 1.0])
async def answers_while_the_other_half_is_written(dut, chance):
    """Reads under conflicts, writes at the same time; halves change places."""
    bench = Bench(dut)
    await reset(dut)
    await bench.fill(0)
    granted = 0
    for turn in range(4):
        half = turn % 2
        places = [(bank, index) for bank in range(BANKS) for index in range(ROWS)]
        for bank, index in places:
            bench.write(1 - half, bank, index)
            bench.ask(half, chance)
            await FallingEdge(dut.clk)
            granted += bench.check()
            await RisingEdge(dut.clk)
        bench.no_write()
        await finish(bench)
        bench.check_fills()
    assert granted > 20


async def finish(bench):
    """Let all requests through before the half changes."""
    under_way = True
    while under_way:
        bench.ask(0, 0.0)
        await FallingEdge(bench.dut.clk)
        bench.check()
        under_way = any(bench.requests) or bench.expected
        await RisingEdge(bench.dut.clk)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def a_thief_waits_for_one_cycle_for_each_conflict(dut):
    """The owner reads its bank in every cycle; the thief has to wait until it pauses."""
    bench = Bench(dut)
    await reset(dut)
    await bench.fill(0)
    for _ in range(5):
        bench.requests[:2] = [random_request(0) | {"bank": 0}] * 2
        bench.ask(0, 0.0)
        await FallingEdge(dut.clk)
        bench.check()
        assert bench.requests[0] is None
        assert bench.requests[1] is not None
        await RisingEdge(dut.clk)
    bench.ask(0, 0.0)
    await FallingEdge(dut.clk)
    bench.check()
    assert bench.requests[1] is None
