"""cocotb testbench of hw.board.board_system; started by test_board_system.py."""

from pathlib import Path

import cocotb
import numpy as np
import pytest
from cocotb.queue import Queue
from cocotb.task import bridge, resume
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.control.register_map import IDENTITY
from grus.hw.core.counters import counter_names
from grus.sim.board_host import BoardHost
from tests.hw.board.boards import BIT_CYCLES, CONFIG, SLOTS
from tests.sim.prepared import launch_all, little_network
from tests.support.runner import parameters
from tests.support.streams import reset


class SimulatedLine:
    """The far end of the serial line, for a host in a thread of its own."""

    def __init__(self, dut):
        self._dut, self._received = dut, Queue()
        dut.receive.value = 1
        cocotb.start_soon(self._listen())

    async def _listen(self):
        dut = self._dut
        while True:
            await FallingEdge(dut.transmit)
            await ClockCycles(dut.clk, BIT_CYCLES // 2)
            bits = []
            for _ in range(9):
                await ClockCycles(dut.clk, BIT_CYCLES)
                bits.append(int(dut.transmit.value))
            assert bits[8] == 1, "a frame ends with a stop bit"
            self._received.put_nowait(sum(bit << n for n, bit in enumerate(bits[:8])))

    @resume
    async def write(self, content):
        for byte in content:
            for bit in (0, *(byte >> n & 1 for n in range(8)), 1):
                self._dut.receive.value = bit
                await ClockCycles(self._dut.clk, BIT_CYCLES)

    @resume
    async def read(self, size):
        return bytes([await self._received.get() for _ in range(size)])


class HurriedHost(BoardHost):
    """Leaves the counters alone: over the line they take longer than all layers."""

    def counters(self):
        return [0] * len(counter_names(SLOTS.config))


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def plays_a_network(dut):
    """What comes back over the line is the golden model's last tensor, bit for bit."""
    prepared = little_network(Path(parameters()["folder"]), SLOTS)
    assert prepared.memory_bytes <= CONFIG.memory_bytes

    def play(line):
        run = prepared.on(HurriedHost(SLOTS, line))
        step = launch_all(run, prepared.image)
        np.testing.assert_array_equal(run.tensor(step.target), prepared.expected[step.target])
        assert step.cycles > 0, "the machine has counted them"
        assert step.ratio is None, "memory on a board does not count"

    line = SimulatedLine(dut)
    await reset(dut)
    await bridge(play)(line)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def refuses_what_is_not_there(dut):
    """Memory beyond its end, and registers that cannot be written; the line goes on."""

    def play(line):
        host = BoardHost(SLOTS, line)
        end = CONFIG.memory_bytes
        host.require(end)
        host.write_memory(end - 3, b"abc")
        small = "memory must be large enough for addresses"
        with pytest.raises(ValueError, match=small):
            host.write_memory(end - 2, b"xyz")
        with pytest.raises(ValueError, match=small):
            host.read_memory(end, 1)
        assert host.read_memory(end - 3, 3) == b"abc"
        with pytest.raises(ValueError, match="answers 2"):
            host.write("identity", 1)
        assert host.read("identity") == IDENTITY

    line = SimulatedLine(dut)
    await reset(dut)
    await bridge(play)(line)
