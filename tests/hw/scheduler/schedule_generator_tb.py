# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.scheduler.schedule_generator; started by test_schedule_generator.py."""

import random

import cocotb
from cocotb.triggers import Timer

from grus.hw.scheduler.schedule_generator import ScheduleGenerator
from tests.support.ports import Ports, flagged, flags
from tests.support.runner import parameters

PES, CAPACITY = parameters()["pes"], parameters()["capacity"]
ELEMENTS = range(PES)


async def move_of(generator, counters, finished, *, enable=True):
    """The move, or None; the board and the idle elements follow from the counters."""
    left = [counters[pe] - (pe in finished) for pe in ELEMENTS]
    generator["enable"] = enable
    generator["counters"] = counters
    generator["finished"] = flags(finished)
    generator["idle"] = flags(pe for pe in ELEMENTS if not left[pe])
    generator["slowest"] = flags([max(ELEMENTS, key=lambda pe: (counters[pe], pe))])
    await Timer(1, "ns")
    move = generator["move"]
    if not move["valid"]:
        return None
    (victim,), (thief,) = flagged(move["victim"]), flagged(move["thief"])
    return victim, thief


def expected_move(counters, finished):
    """From the last of the board, if it keeps one, to the idle element of the lowest number."""
    victim = sorted(ELEMENTS, key=lambda pe: (counters[pe], pe))[-1]
    left = [counters[pe] - (pe in finished) for pe in ELEMENTS]
    idle = [pe for pe in ELEMENTS if left[pe] == 0]
    return (victim, idle[0]) if idle and left[victim] > 1 else None


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(busy=[0.3, 0.8])
async def serves_the_lowest_idle_element_from_the_slowest(dut, busy):
    """Any counters, any that finish."""
    generator = Ports(dut, ScheduleGenerator(PES, CAPACITY))
    moves = 0
    for _ in range(1000):
        counters = [random.randint(0, CAPACITY) * (random.random() < busy) for _ in ELEMENTS]
        finished = {pe for pe in ELEMENTS if counters[pe] and random.random() < 0.5}
        move = await move_of(generator, counters, finished)
        assert move == expected_move(counters, finished)
        moves += move is not None
        assert await move_of(generator, counters, finished, enable=False) is None
    assert moves > 50


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def the_victim_keeps_one(dut):
    """Two left are enough to give one away; one is not, nor two of which one ends now."""
    generator = Ports(dut, ScheduleGenerator(PES, CAPACITY))
    rest = [0] * (PES - 1)
    assert await move_of(generator, [*rest, 2], set()) == (PES - 1, 0)
    assert await move_of(generator, [2, *rest], set()) == (0, 1)
    assert await move_of(generator, [*rest, 1], set()) is None
    assert await move_of(generator, [*rest, 2], {PES - 1}) is None
    assert await move_of(generator, [*rest, 3], {PES - 1}) == (PES - 1, 0)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def of_equally_slow_elements_the_last_of_the_board_gives(dut):
    """Nobody is idle but the first, or nobody at all."""
    generator = Ports(dut, ScheduleGenerator(PES, CAPACITY))
    assert await move_of(generator, [0] + [3] * (PES - 1), set()) == (PES - 1, 0)
    assert await move_of(generator, [3] * PES, set()) is None
    assert await move_of(generator, [1] + [3] * (PES - 1), {0}) == (PES - 1, 0)
