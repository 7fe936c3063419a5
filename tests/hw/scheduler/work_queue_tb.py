# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.scheduler.work_queue; started by test_work_queue.py."""

import random
from collections import deque

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.scheduler.work_queue import WorkQueue
from tests.hw.scheduler.rounds import items_of, make_round, random_fill, random_round
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])


class Bench:
    """One queue and the work-items that it should list."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, WorkQueue(CONFIG))
        self.items = deque()

    async def begin(self, round_, *, fewer):
        fill = random_fill(CONFIG, round_["items"] - fewer)
        fills = [random_fill(CONFIG, 1).payload(), fill.payload()]
        half = round_["resident_half"]
        self.ports["fills"] = fills if half else fills[::-1]
        self.ports["start"] = 1
        self.ports["round"] = round_
        self.ports["fewer"] = fewer
        self.items = deque(items_of(round_, fill, fewer=fewer))
        await FallingEdge(self.dut.clk)
        assert self.ports["count"] == len(self.items)
        await self._end_of_cycle()

    async def take(self, *, front, back):
        self.ports["take_front"] = front
        self.ports["take_back"] = back
        await FallingEdge(self.dut.clk)
        assert self.ports["waiting"] == len(self.items)
        if self.items:
            assert self.ports["front"] == self.items[0]
            assert self.ports["back"] == self.items[-1]
        if front:
            self.items.popleft()
        if back:
            self.items.pop()
        await self._end_of_cycle()

    async def _end_of_cycle(self):
        await RisingEdge(self.dut.clk)
        self.ports["start"] = 0
        self.ports["take_front"] = 0
        self.ports["take_back"] = 0
        self.ports.scramble("round")
        self.ports.scramble("fewer")


async def take_at_random(bench, *, chance_front, chance_back, left=0):
    while len(bench.items) > left:
        front = random.random() < chance_front
        back = random.random() < chance_back and len(bench.items) > front
        await bench.take(front=front, back=back)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(chances=[(1, 0), (0, 1), (1, 1), (0.6, 0.4)])
async def both_ends_meet(dut, chances):
    """Owner and thief take each work-item once, whatever the shape of the round."""
    bench = Bench(dut)
    await reset(dut)
    for _ in range(40):
        await bench.begin(random_round(CONFIG), fewer=random.getrandbits(1))
        await take_at_random(bench, chance_front=chances[0], chance_back=chances[1])
        await bench.take(front=0, back=0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def the_largest_round(dut):
    """All rows, and as many columns as the output RAM has room for."""
    bench = Bench(dut)
    await reset(dut)
    items = CONFIG.resident_rows
    columns = CONFIG.output_words // items
    step = (CONFIG.patch_positions - 1) // max(columns - 1, 1)
    for fewer in range(2):
        round_ = make_round(CONFIG, items=items, columns=columns, column_step=step)
        await bench.begin(round_, fewer=fewer)
        await take_at_random(bench, chance_front=0.5, chance_back=0.5)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def a_new_round_replaces_what_is_left(dut):
    """The cursors of the round before are forgotten."""
    bench = Bench(dut)
    await reset(dut)
    for _ in range(40):
        await bench.begin(random_round(CONFIG), fewer=0)
        left = random.randint(0, len(bench.items))
        await take_at_random(bench, chance_front=0.6, chance_back=0.4, left=left)
