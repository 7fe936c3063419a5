# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.scheduler.imbalance_detector; started by test_imbalance_detector.py."""

import random

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.scheduler.imbalance_detector import ImbalanceDetector
from tests.support.ports import Ports, flags
from tests.support.runner import parameters
from tests.support.streams import reset

PES, CAPACITY = parameters()["pes"], parameters()["capacity"]
ELEMENTS = range(PES)


class Bench:
    """One detector and the counters that it should show."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, ImbalanceDetector(PES, CAPACITY))
        self.counters = [0] * PES

    async def cycle(self, *, start=None, finished=(), move=None):
        """One cycle with these events, and what stands there after it."""
        self.ports["start"] = start is not None
        self.ports.scramble("counts")
        if start is not None:
            self.ports["counts"] = start
        self.ports["finished"] = flags(finished)
        victim, thief = move or random.sample(ELEMENTS, 2)
        self.ports["move"] = {
            "valid": move is not None,
            "victim": flags([victim]),
            "thief": flags([thief]),
        }
        await RisingEdge(self.dut.clk)
        self._follow(start, finished, move)
        await FallingEdge(self.dut.clk)
        assert self.ports["counters"] == self.counters
        board = sorted(ELEMENTS, key=lambda pe: (self.counters[pe], pe))
        assert self.ports["board"] == [flags([pe]) for pe in board]

    def _follow(self, start, finished, move):
        for pe in finished:
            self.counters[pe] -= 1
        if move:
            victim, thief = move
            self.counters[victim] -= 1
            self.counters[thief] += 1
        if start is not None:
            self.counters = start


def some_finish(counters):
    return [pe for pe in ELEMENTS if counters[pe] and random.random() < 0.5]


def possible_move(counters, finished):
    """From somebody with something left to somebody with room, or none."""
    left = [counters[pe] - (pe in finished) for pe in ELEMENTS]
    victims = [pe for pe in ELEMENTS if left[pe]]
    thieves = [pe for pe in ELEMENTS if counters[pe] < CAPACITY]
    pairs = [(victim, thief) for victim in victims for thief in thieves if victim != thief]
    return random.choice(pairs) if pairs and random.random() < 0.5 else None


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def begins_with_all_equal(dut):
    """Ties stand in the order of their numbers, also before the first round."""
    bench = Bench(dut)
    await reset(dut)
    await bench.cycle()
    for count in (CAPACITY, 0):
        await bench.cycle(start=[count] * PES)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(highest=[1, CAPACITY])
async def follows_every_event(dut, highest):
    """Rounds, and in each any number of ends and a move at once, until all is done."""
    bench = Bench(dut)
    await reset(dut)
    for _ in range(40):
        await bench.cycle(start=[random.randint(0, highest) for _ in ELEMENTS])
        while any(bench.counters):
            finished = some_finish(bench.counters)
            await bench.cycle(finished=finished, move=possible_move(bench.counters, finished))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def a_round_begins_while_the_last_work_items_end(dut):
    """The new counters replace the old ones whatever ends in that cycle."""
    bench = Bench(dut)
    await reset(dut)
    for _ in range(40):
        await bench.cycle(start=[1] * PES)
        counts = [random.randint(0, CAPACITY) for _ in ELEMENTS]
        await bench.cycle(start=counts, finished=ELEMENTS)
