"""cocotb testbench that plays a job through a core; started by core_player, in the simulator."""

import os
import random
from pathlib import Path
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge

from grus.hw.config import CraneConfig
from grus.sim.core_job import CoreAnswer, CoreJob, load, save

# What the environment of the simulator's process must say.
JOB, ANSWER = "GRUS_JOB", "GRUS_ANSWER"


class Source:
    """Offers the payloads of one stream, each until it is taken."""

    def __init__(self, dut: Any, name: str, payloads: list[int], gap: float, rng: random.Random):
        self._valid = dut[f"{name}__valid"]
        self._ready = dut[f"{name}__ready"]
        self._payload = dut[f"{name}__payload"]
        self._left = iter(payloads)
        self._gap, self._rng = gap, rng
        self._next = next(self._left, None)
        self._offered = False
        self.offer()

    def offer(self) -> None:
        """Offer the next payload, or pause."""
        if self._next is None or (self._gap and self._rng.random() < self._gap):
            if self._offered:
                self._valid.value = 0
            self._offered = False
            return
        self._payload.value = self._next
        if not self._offered:
            self._valid.value = 1
        self._offered = True

    def after_edge(self) -> None:
        """Go on if the payload on offer was taken at the clock edge."""
        if not self._offered:
            if self._next is not None:
                self.offer()
        elif self._ready.value == 1:
            self._next = next(self._left, None)
            self.offer()


class Sink:
    """Takes the results."""

    def __init__(self, dut: Any, name: str, last_bit: int, stall: float, rng: random.Random):
        self._valid = dut[f"{name}__valid"]
        self._ready = dut[f"{name}__ready"]
        self._payload = dut[f"{name}__payload"]
        self._last = 1 << last_bit
        self._stall, self._rng = stall, rng
        self._accepts = True
        self._held: int | None = None
        self.taken: list[int] = []
        self.segments = 0
        self._ready.value = 1

    def after_edge(self) -> None:
        """Note what was taken at the clock edge, and check that an offer is held."""
        if self._valid.value == 1:
            payload = self._payload.value.to_unsigned()
            assert self._held in (None, payload), "offer changed before it was taken"
            self._held = payload
            if self._accepts:
                self._held = None
                self.taken.append(payload)
                self.segments += bool(payload & self._last)
        else:
            assert self._held is None, "offer withdrawn before it was taken"
        if self._stall:
            self._accepts = self._rng.random() >= self._stall
            self._ready.value = int(self._accepts)


@cocotb.test()
async def play(dut: Any) -> None:
    """Play the jobs, each from reset; read the counters, write the answers."""
    jobs: list[CoreJob] = load(CoreJob, Path(os.environ[JOB]))
    rng = random.Random(cocotb.RANDOM_SEED)
    Clock(dut.clk, 10, unit="ns").start()
    save([await play_job(dut, job, rng) for job in jobs], Path(os.environ[ANSWER]))


async def play_job(dut: Any, job: CoreJob, rng: random.Random) -> CoreAnswer:
    """Play one job from reset."""
    from grus.hw.description import leaves
    from grus.hw.layouts import BeatLayout

    config = CraneConfig(**job.config)
    last_bit, _ = leaves(BeatLayout(config, config.pes))["last"]
    edge = RisingEdge(dut.clk)
    for name in (*job.streams, "results"):
        handle = dut[f"{name}__ready" if name == "results" else f"{name}__valid"]
        handle.value = 0
    dut.clear_counters.value = 0
    dut.counter_address.value = 0
    dut.rst.value = 1
    for _ in range(2):
        await edge
    dut.rst.value = 0

    sources = [Source(dut, name, left, job.gap, rng) for name, left in job.streams.items()]
    sink = Sink(dut, "results", last_bit, job.stall, rng)
    cycles = 0
    while sink.segments < job.segments:
        await edge
        cycles += 1
        for source in sources:
            source.after_edge()
        sink.after_edge()
        assert cycles < job.timeout, f"stuck after {sink.segments} of {job.segments} segments"
    settled = cycles + job.timeout
    while dut.busy.value != 0:
        await edge
        settled -= 1
        assert settled > cycles, "busy although all results have left"
    counters = await read_counters(dut, edge, config)
    return CoreAnswer(sink.taken, counters, dut.errors.value.to_unsigned(), cycles)


async def read_counters(dut: Any, edge: RisingEdge, config: CraneConfig) -> list[int]:
    """Read all counters in the order of their addresses."""
    from grus.hw.core.counters import counter_names

    values = []
    for address in range(len(counter_names(config))):
        dut.counter_address.value = address
        await edge
        await edge
        await edge
        values.append(dut.counter.value.to_unsigned())
    return values
