"""cocotb testbench of the engines behind registers; started by test_copier.py.

Memory and host are cocotbext-axi's, which find the ports by their standard names.
"""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge

from grus.hw.control.register_map import register_map
from grus.hw.dma.axi import AxiError
from grus.hw.dma.config import AxiConfig
from grus.hw.presets import TINY
from grus.sim.axi_models import host, memory, pause
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = AxiConfig(**parameters()["config"])
STEP = CONFIG.word_bytes
OFFSETS = {register.name: register.offset for register in register_map(TINY, CONFIG)}
BYTES = 1 << 16
BUSY, DONE, ERROR = 1, 2, 4


class Bench:
    """A copier between host and memory."""

    def __init__(self, dut):
        self.dut = dut
        self.memory = memory(dut, "m_axi", BYTES)
        self.host = host(dut, "s_axi")
        self.memory.write(0, random.randbytes(BYTES))

    async def start(self, *, stall=0.0):
        await reset(self.dut)
        await ClockCycles(self.dut.clk, 2)
        reads, writes = self.memory.read_if, self.memory.write_if
        if stall:
            pause(reads.ar_channel, reads.r_channel, chance=stall)
            pause(writes.aw_channel, writes.w_channel, writes.b_channel, chance=stall)
        await self.write("interrupt_enable", 3)

    async def write(self, name, value):
        await self.host.write_dword(OFFSETS[name], value)

    async def read(self, name):
        return await self.host.read_dword(OFFSETS[name])

    async def copy(self, source, target, words, *, room=None):
        """Run to the interrupt; return status and memory before and after."""
        before = self.memory.read(0, BYTES)
        await self.write("descriptors_low", source)
        await self.write("descriptor_count", words)
        await self.write("output_first_low", target)
        await self.write("output_end_low", target + (words if room is None else room) * STEP)
        await self.write("control", 1)
        for _ in range(50_000):
            await FallingEdge(self.dut.clk)
            if self.dut.irq.value == 1:
                break
        assert self.dut.irq.value == 1
        await self.write("interrupt", 3)
        while (await self.read("status")) & BUSY:
            pass
        return await self.read("status"), before, self.memory.read(0, BYTES)


def copied(before, source, target, words):
    length = words * STEP
    return before[:target] + before[source : source + length] + before[target + length :]


def random_job():
    words = random.randint(1, 3 * CONFIG.longest_burst + 3)
    source = random.randrange(BYTES // 2 // STEP - words) * STEP
    target = BYTES // 2 + random.randrange(BYTES // 2 // STEP - words) * STEP
    return source, target, words


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.5, 0.9])
async def copies(dut, stall):
    """What the host asks for, and not a byte more."""
    bench = Bench(dut)
    await bench.start(stall=stall)
    for _ in range(6):
        job = random_job()
        status, before, after = await bench.copy(*job)
        assert status == DONE
        assert after == copied(before, *job)


@cocotb.test(timeout_time=2, timeout_unit="ms")
async def stops_at_the_end_of_the_buffer(dut):
    bench = Bench(dut)
    await bench.start()
    source, target, words = random_job()
    status, before, after = await bench.copy(source, target, words + 9, room=words)
    assert status == ERROR
    assert after == copied(before, source, target, words)
    assert await bench.read("error_cause") == AxiError.OUTSIDE.value
    assert await bench.read("error_address_low") == target + words * STEP
    status, before, after = await bench.copy(source, target, words)
    assert (status, after) == (DONE, copied(before, source, target, words))


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(side=["read", "write"])
async def stops_when_memory_refuses(dut, side):
    """And runs again afterwards."""
    bench = Bench(dut)
    await bench.start(stall=0.3)
    interface = getattr(bench.memory, f"{side}_if")
    sound = getattr(interface, f"_{side}")
    source, target, words = random_job()

    async def refuse(*_):
        raise ValueError("refused")

    setattr(interface, f"_{side}", refuse)
    status, before, after = await bench.copy(source, target, words)
    assert (status, after) == (ERROR, before)
    assert await bench.read("error_cause") == AxiError.SLVERR.value
    assert await bench.read("error_address_low") == (source if side == "read" else target)
    setattr(interface, f"_{side}", sound)
    status, before, after = await bench.copy(source, target, words)
    assert (status, after) == (DONE, copied(before, source, target, words))
