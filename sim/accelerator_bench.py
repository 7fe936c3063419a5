"""cocotb testbench that serves a host outside; started by accelerator_player, in the simulator.

Commands come as lines of JSON, ``[name, argument, ...]``; one line answers each. Simulated time
stands still between them.
"""

from __future__ import annotations

import json
import mmap
import os
import random
import socket
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, Event, RisingEdge, SimTimeoutError, with_timeout

from grus.sim.axi_models import CheckedBytes, delay, host, memory, pause
from grus.sim.contents import Contents
from grus.sim.host import CHANNELS
from grus.sim.timed_memory import TimedMemory

_SETTINGS = "GRUS_ACCELERATOR"  # what the environment of the simulator's process must say
_PERIOD_NS = 10
_ANSWER_CYCLES = 1000  # that a register may take to answer
_START = 1  # in the register control
_REGISTER_BYTES = 4


class Bench:
    """An accelerator, its memory, and what a host may ask of both."""

    def __init__(self, dut: Any, settings: dict[str, Any], contents: Contents):
        self._dut, self._contents = dut, contents
        self._edge = RisingEdge(dut.clk)
        self._host = host(dut, "s_axi")
        self._control = settings["control"]
        self._timed: TimedMemory | None = None
        self._cycle = 0
        self._armed = False  # the next write that is taken is the start
        self._began = self._ended = 0
        self._interrupted = Event()
        if settings["memory"] == "timed":
            self._timed = TimedMemory(
                dut,
                contents,
                settings["word_bytes"],
                latency=settings["latency"],
                stalls=settings["stalls"],
                seed=settings["seed"],
            )
        else:
            self._use_ram(settings)

    def _use_ram(self, settings: dict[str, Any]) -> None:
        size = 1 << settings["address_bits"]
        ram = memory(self._dut, "m_axi", size, CheckedBytes(self._contents, size))
        late_ns = settings["latency"] * _PERIOD_NS
        delay(ram.read_if.r_channel, late_ns, self._note_word)
        delay(ram.write_if.b_channel, late_ns, self._note_answer)
        for name in CHANNELS:
            interface = ram.read_if if name in ("ar", "r") else ram.write_if
            if chance := settings["stalls"].get(name):
                pause(getattr(interface, f"{name}_channel"), chance=chance)

    def _note_word(self, word: Any) -> None:
        self._contents.read_bursts += int(word.rlast)

    def _note_answer(self, _: Any) -> None:
        self._contents.write_bursts += 1

    async def reset(self) -> None:
        """Two cycles of reset; cycle 0 follows."""
        self._dut.rst.value = 1
        for _ in range(2):
            await self._edge
        self._dut.rst.value = 0
        cocotb.start_soon(self._watch())

    async def _watch(self) -> None:
        """Count the cycles, look for start and interrupt, and let memory work."""
        taken, irq, timed = self._dut.s_axi_awready, self._dut.irq, self._timed
        running = False
        while True:
            await self._edge  # what is read here stood in the cycle that ends
            if self._armed and taken.value == 1:
                self._armed, running, self._began = False, True, self._cycle
                if timed is not None:
                    timed.begin()
            elif running and irq.value == 1:
                running, self._ended = False, self._cycle
                self._interrupted.set()
            if timed is not None:
                timed.after_edge()
                timed.drive()
            self._cycle += 1

    async def answer(self, command: str, *arguments: int) -> Any:
        """Do what a line asks for."""
        return await getattr(self, f"_do_{command}")(*arguments)

    async def _do_write(self, offset: int, value: int) -> int:
        content = value.to_bytes(_REGISTER_BYTES, "little")
        answer = await _within(_ANSWER_CYCLES, self._host.write(offset, content))
        return -1 if answer is None else int(answer.resp)

    async def _do_read(self, offset: int) -> tuple[int, int]:
        answer = await _within(_ANSWER_CYCLES, self._host.read(offset, _REGISTER_BYTES))
        if answer is None:
            return -1, 0
        return int(answer.resp), int.from_bytes(answer.data, "little")

    async def _do_idle(self, cycles: int) -> None:
        await ClockCycles(self._dut.clk, cycles)

    async def _do_start(self) -> None:
        self._interrupted.clear()
        self._armed = True
        await self._do_write(self._control, _START)

    async def _do_wait(self, cycles: int) -> int | None:
        if not self._interrupted.is_set():
            await _within(cycles, self._interrupted.wait())
        return self._ended - self._began if self._interrupted.is_set() else None

    async def _do_allow_writes(self, first: int, end: int) -> None:
        self._contents.writable = range(first, end)

    async def _do_fail_at(self, address: int) -> None:
        self._contents.failing = address

    async def _do_counts(self) -> tuple[int, ...]:
        seen = self._contents
        bursts = seen.read_bursts, seen.write_bursts
        return self._cycle, seen.read_bytes, seen.written_bytes, *bursts

    async def _do_violations(self) -> int:
        return int(self._contents.violations)


async def _within(cycles: int, event: Any) -> Any:
    """What comes of an event; None if it takes too many cycles."""
    try:
        return await with_timeout(event, cycles * _PERIOD_NS, "ns")
    except SimTimeoutError:
        return None


@cocotb.test()
async def serve(dut: Any) -> None:
    """Answer until the host outside has gone."""
    settings = json.loads(os.environ[_SETTINGS])
    random.seed(settings["seed"])
    with open(settings["content"], "r+b") as file:
        content = mmap.mmap(file.fileno(), 0)
    Clock(dut.clk, _PERIOD_NS, unit="ns").start()
    bench = Bench(dut, settings, Contents(content, settings["word_bytes"]))
    await bench.reset()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(settings["socket"])
        with connection.makefile("rw", encoding="utf-8") as lines:
            for line in lines:
                command, *arguments = json.loads(line)
                lines.write(json.dumps(await bench.answer(command, *arguments)) + "\n")
                lines.flush()
