"""cocotb testbench of hw.control.registers; started by test_registers.py."""

import random

import cocotb
from cocotb.triggers import ClockCycles, FallingEdge, RisingEdge

from grus.hw.config import CraneConfig
from grus.hw.control.register_map import ADDRESS_BITS, configuration, register_map
from grus.hw.control.registers import Registers
from grus.hw.core.counters import counter_names
from grus.hw.dma.config import AxiConfig
from grus.sim.axi_models import host, pause
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import reset

CONFIG = CraneConfig(**parameters()["config"])
AXI = AxiConfig(**parameters()["axi"])
MAP = {register.name: register for register in register_map(CONFIG, AXI)}
OKAY, SLVERR = 0, 2
ADDRESSES = {
    "descriptors": "descriptors_address",
    "output_first": "output_first",
    "output_end": "output_end",
}


class Bench:
    """Registers between a host and the ports of the machine."""

    def __init__(self, dut):
        self.dut = dut
        self.ports = Ports(dut, Registers(CONFIG, AXI))
        self.host = host(dut, "s_axi_")
        self.pulses = {"start": 0, "soft_reset": 0, "clear_counters": 0}

    async def start(self, *, stall=0.0):
        await reset(self.dut)
        await ClockCycles(self.dut.clk, 2)
        write, read = self.host.write_if, self.host.read_if
        if stall:
            channels = (write.aw_channel, write.w_channel, write.b_channel)
            pause(*channels, read.ar_channel, read.r_channel, chance=stall)
        cocotb.start_soon(self.count_pulses())
        cocotb.start_soon(self.play_counters())

    async def count_pulses(self):
        while True:
            await FallingEdge(self.dut.clk)
            for name in self.pulses:
                self.pulses[name] += self.ports[name]

    async def play_counters(self):
        """Both halves of every counter move in every cycle."""
        cycle = 0
        while True:
            await RisingEdge(self.dut.clk)
            cycle += 1
            self.ports["counter"] = self.counter(self.ports["counter_address"], cycle)

    @staticmethod
    def counter(number, cycle):
        return (cycle + number) << 32 | cycle << 12 | number

    async def read(self, name, *, response=OKAY):
        offset = MAP[name].offset if isinstance(name, str) else name
        answer = await self.host.read(offset, 4)
        assert answer.resp == response, name
        return int.from_bytes(answer.data, "little")

    async def write(self, name, value, *, response=OKAY):
        offset = MAP[name].offset if isinstance(name, str) else name
        answer = await self.host.write(offset, value.to_bytes(4, "little"))
        assert answer.resp == response, name

    async def pulse(self, name, **others):
        """An event of the machine; what it tells is noise in all other cycles."""
        for port, value in others.items():
            self.ports[port] = value
        self.ports[name] = 1
        await RisingEdge(self.dut.clk)
        self.ports[name] = 0
        for port in others:
            self.ports.scramble(port)
        await RisingEdge(self.dut.clk)


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.7])
async def tells_what_it_is(dut, stall):
    bench = Bench(dut)
    await bench.start(stall=stall)
    assert await bench.read("identity") == int.from_bytes(b"GRUS", "big")
    assert await bench.read("version") == 1
    assert await bench.read("counters") == len(counter_names(CONFIG))
    for name, value in configuration(CONFIG, AXI).items():
        assert await bench.read(name) == value, name


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.7])
async def keeps_what_is_written(dut, stall):
    """Every register that can be written, whole and byte by byte; its wires show it."""
    bench = Bench(dut)
    await bench.start(stall=stall)
    widths = {"interrupt_enable": 2, "descriptor_count": 32}
    widths["counter_select"] = len(dut.counter_address)
    for name in ADDRESSES:
        widths |= {f"{name}_low": 32, f"{name}_high": AXI.address_bits - 32}
    kept = dict.fromkeys(widths, 0)
    for _ in range(3):
        for name in random.sample(list(widths), len(widths)):
            lane = random.randrange(4)
            length = random.randint(1, 4 - lane)
            value = random.getrandbits(8 * length)
            await bench.host.write(MAP[name].offset + lane, value.to_bytes(length, "little"))
            ones = (1 << (8 * length)) - 1
            merged = kept[name] & ~(ones << (8 * lane)) | value << (8 * lane)
            kept[name] = merged & ((1 << widths[name]) - 1)
        for name, value in kept.items():
            assert await bench.read(name) == value, name
    for name, port in ADDRESSES.items():
        assert bench.ports[port] == kept[f"{name}_low"] | kept[f"{name}_high"] << 32
    assert bench.ports["descriptor_count"] == kept["descriptor_count"]
    assert bench.ports["counter_address"] == kept["counter_select"]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def refuses_what_is_not_there(dut):
    """Unknown addresses, and writes where reading only is meant, have no effect."""
    bench = Bench(dut)
    await bench.start()
    known = {register.offset for register in MAP.values()}
    before = {name: await bench.read(name) for name in MAP if not name.startswith("counter_")}
    for register in MAP.values():
        if register.access == "read":
            await bench.write(register.offset, random.getrandbits(32), response=SLVERR)
    for offset in random.sample(sorted(set(range(0, 1 << ADDRESS_BITS, 4)) - known), 40):
        await bench.write(offset, random.getrandbits(32), response=SLVERR)
        assert await bench.read(offset, response=SLVERR) == 0
    assert {name: await bench.read(name) for name in before} == before
    assert not any(bench.pulses.values())


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.7])
async def answers_a_host_that_does_not_wait(dut, stall):
    """Every request of many under way gets its own answer, in order."""
    bench = Bench(dut)
    await bench.start(stall=stall)
    names = random.choices(["interrupt_enable", "identity", "descriptor_count"], k=40)
    offsets = [MAP[name].offset for name in names]
    writes = [cocotb.start_soon(bench.host.write(offset, bytes(4))) for offset in offsets]
    reads = [cocotb.start_soon(bench.host.read(offset, 4)) for offset in offsets]
    for name, write, read in zip(names, writes, reads, strict=True):
        assert (await write).resp == (SLVERR if name == "identity" else OKAY)
        assert (await read).data == (b"SURG" if name == "identity" else bytes(4))


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def starts_and_locks(dut):
    """A start during a run is ignored, its parameters are locked, a reset always comes through."""
    bench = Bench(dut)
    await bench.start()
    await bench.write("descriptor_count", 7)
    await bench.write("control", 0b101)
    await ClockCycles(dut.clk, 3)
    assert bench.pulses == {"start": 1, "soft_reset": 0, "clear_counters": 1}
    bench.ports["busy"] = 1
    await bench.write("control", 0b011)
    for name, register in MAP.items():
        if register.access == "run":
            await bench.write(name, 0xFFFFFFFF, response=SLVERR)
    await bench.write("interrupt_enable", 3)
    assert await bench.read("status") == 0b001
    assert await bench.read("control") == 0
    assert await bench.read("descriptor_count") == 7
    assert bench.pulses == {"start": 1, "soft_reset": 1, "clear_counters": 1}


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(event=["done", "failed"], control=[1, 2])
async def interrupts_and_tells_why(dut, event, control):
    """Enabled events raise the interrupt until they are cleared; the first error counts."""
    bench = Bench(dut)
    await bench.start()
    place = random.getrandbits(AXI.address_bits)
    error = {"error_cause": 0xA5, "error_descriptor": 0x89ABCDEF, "error_address": place}
    told = error if event == "failed" else dict.fromkeys(error, 0)
    bit = 1 if event == "failed" else 0
    await bench.write("interrupt_enable", 3 ^ (1 << bit))
    await bench.pulse(event, **error)
    await bench.pulse(event, error_cause=1, error_descriptor=2, error_address=3)
    assert bench.ports["irq"] == 0
    assert await bench.read("interrupt") == 1 << bit
    await bench.write("interrupt_enable", 1 << bit)
    assert bench.ports["irq"] == 1
    await bench.write("interrupt", 3 ^ (1 << bit))
    assert bench.ports["irq"] == 1
    await bench.write("interrupt", 1 << bit)
    assert (bench.ports["irq"], await bench.read("interrupt")) == (0, 0)
    assert await bench.read("status") == 2 << bit
    assert await bench.read("error_cause") == told["error_cause"]
    assert await bench.read("error_descriptor") == told["error_descriptor"]
    halves = [await bench.read(f"error_address_{half}") for half in ("low", "high")]
    assert halves[0] | halves[1] << 32 == told["error_address"]

    await bench.pulse(event, **error)
    await bench.write("control", control)
    assert [await bench.read(name) for name in ("status", "error_cause")] == [0, 0]


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def a_reset_forgets_events_and_a_start_does_not(dut):
    bench = Bench(dut)
    await bench.start()
    for control, pending in ((1, 1), (2, 0)):
        await bench.pulse("done")
        await bench.write("control", control)
        assert await bench.read("interrupt") == pending


@cocotb.test(timeout_time=1, timeout_unit="ms")
@cocotb.parametrize(stall=[0.0, 0.7])
async def reads_moving_counters_whole(dut, stall):
    """The upper half belongs to the lower one that was read before it."""
    bench = Bench(dut)
    await bench.start(stall=stall)
    counters = len(counter_names(CONFIG))
    for number in random.sample(range(counters), 10):
        await bench.write("counter_select", number)
        low = await bench.read("counter_low")
        await ClockCycles(dut.clk, 40)
        high = await bench.read("counter_high")
        cycles = range(1, 20_000)
        mask = (1 << CONFIG.counter_bits) - 1
        assert low | high << 32 in {bench.counter(number, cycle) & mask for cycle in cycles}
