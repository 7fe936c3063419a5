# amaranth: UnusedElaboratable=no
"""cocotb testbench of hw.scheduler.round_queue; started by test_round_queue.py."""

import random
from collections import deque

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.scheduler.round import RoundLayout
from grus.hw.scheduler.round_queue import RoundQueue
from tests.support.ports import Ports, flags
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset
from tests.support.transfers import random_payload

CONFIG = CraneConfig(**parameters()["config"])
HALVES = {
    "patch_needed": "patch_half",
    "resident_needed": "resident_half",
    "output_needed": "output_half",
}


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(offers=[0.4, 1.0], takes=[0.4, 1.0])
async def says_which_halves_waiting_rounds_need(dut, offers, takes):
    """Against a queue of at most two, looked at in every cycle."""
    queue = Ports(dut, RoundQueue(CONFIG))
    await reset(dut)
    waiting = deque()
    for _ in range(500):
        offered = random_payload(RoundLayout(CONFIG)) if random.random() < offers else None
        queue["i__valid"] = offered is not None
        queue.scramble("i__payload")
        if offered:
            queue["i__payload"] = offered
        ready = random.random() < takes
        queue["o__ready"] = ready
        await FallingEdge(dut.clk)
        for needed, half in HALVES.items():
            assert queue[needed] == flags(round_[half] for round_ in waiting)
        room = len(waiting) < 2
        assert queue["i__ready"] == room
        assert queue["o__valid"] == bool(waiting)
        if waiting:
            assert queue["o__payload"] == waiting[0]
        await RisingEdge(dut.clk)
        if ready and waiting:
            waiting.popleft()
        if offered and room:
            waiting.append(offered)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def passes_one_round_a_cycle(dut):
    """Throughput is one, latency is one cycle."""
    queue = Ports(dut, RoundQueue(CONFIG))
    source, sink = Source(queue.stream("i")), Sink(queue.stream("o"))
    await reset(dut)
    rounds = [random_payload(RoundLayout(CONFIG)) for _ in range(30)]
    cocotb.start_soon(source.send_all(rounds))
    assert await sink.take(30, timeout=100) == rounds
    assert [cycle for cycle, _ in sink.transfers] == list(range(1, 31))
