"""cocotb testbench of all readers behind one engine; started by test_read_side.py."""

import random

import cocotb
import numpy as np
from cocotb.triggers import ClockCycles

from grus.compiler.memory.formats import pack_biases, pack_segments
from grus.compiler.memory.maps import pack_map, plan_map
from grus.golden.segments import encode_segments
from tests.hw.dma.kernels import plain_kernel
from tests.hw.dma.read_side import ReadSide
from tests.hw.dma.regions import STRIDES, expected_segments, random_map, random_region
from tests.hw.dma.slots import from_parameters, golden_segments, segments_in, widths_of
from tests.support.axi import ReadMemory
from tests.support.ports import Ports
from tests.support.runner import parameters
from tests.support.streams import Sink, Source, reset

SLOTS = from_parameters(parameters())
CONFIG, AXI, WIDTHS = SLOTS.config, SLOTS.axi, widths_of(SLOTS)


class Bench:
    """Tiles in memory, and what the core should get of them."""

    def __init__(self, dut, *, latency, stall):
        ports = self.ports = Ports(dut, ReadSide(SLOTS))
        self.dut = dut
        self.memory = ReadMemory(dut, AXI, latency=latency, stall=stall)
        self.commands = {"regions": [], "residents": [], "bias_blocks": []}
        self.expected = {"broadcast": [], "resident": [], "biases": []}
        self.sources = {name: Source(ports.stream(name)) for name in self.commands}
        self.sinks = {
            name: Sink(ports.stream(name), chance_of_stall=stall) for name in self.expected
        }
        self.place = AXI.word_bytes

    def put(self, content):
        """Put whole words into memory; returns their address and number."""
        step, address = AXI.word_bytes, self.place
        for at in range(0, len(content), step):
            word = content[at : at + step].ljust(step, b"\0")
            self.memory.words[address + at] = int.from_bytes(word, "little")
        words = -(-len(content) // step)
        self.place += words * step
        return address, words

    def add_region(self, values, region, *, length, dense):
        plan = plan_map(values.shape, length, WIDTHS, dense=dense)
        base, _ = self.put(pack_map(values, plan, WIDTHS))
        self.commands["regions"].append(
            {
                "base": base,
                "count_base": base + plan.count_base,
                **{name: getattr(plan, name) for name in STRIDES},
                "parts": plan.parts,
                "length": plan.length,
                "last_length": plan.last_length,
                "dense": int(dense),
                "map_rows": plan.rows,
                "map_columns": plan.columns,
                **region,
            }
        )
        self.expected["broadcast"] += expected_segments(CONFIG, values, plan, region, plan.parts)

    def add_resident(self, density):
        values = random_map(
            CONFIG, (SLOTS.largest_tile_segments, CONFIG.patch_positions, 1), density
        )
        segments = encode_segments(values[..., 0], index_bits=CONFIG.index_bits)
        address, words = self.put(pack_segments(segments, WIDTHS))
        command = {"address": address, "words": words, "segments": len(values)}
        self.commands["residents"].append({**command, "dense": 0, "kernel": plain_kernel(1)})
        self.expected["resident"] += golden_segments(segments)

    def add_biases(self):
        biases = random_map(CONFIG, (SLOTS.largest_tile_segments,), 1.0).tolist()
        address, _ = self.put(pack_biases(np.array(biases), WIDTHS))
        self.commands["bias_blocks"].append({"address": address, "count": len(biases)})
        self.expected["biases"] += biases

    def add_tiles(self, tiles):
        for tile in range(tiles):
            shape = random.randint(1, 20), random.randint(1, 9), random.randint(1, 9)
            values = random_map(CONFIG, shape, random.choice([0.2, 0.8]))
            self.add_region(
                values, random_region(values), length=random.randint(1, 20), dense=tile % 3 == 2
            )
            self.add_resident(random.choice([0.1, 0.6]))
            self.add_biases()

    async def start(self):
        await reset(self.dut)
        cocotb.start_soon(self.memory.run())
        for name, commands in self.commands.items():
            cocotb.start_soon(self.sources[name].send_all(commands))

    def got(self, name):
        payloads = self.sinks[name].payloads
        if name == "biases":
            return payloads
        ends = [index for index, beat in enumerate(payloads) if beat["last"]]
        return segments_in(payloads[: ends[-1] + 1]) if ends else []

    async def take(self, names, *, timeout):
        """Take all of some streams, and of no others."""
        running = [cocotb.start_soon(self.sinks[name].run()) for name in names]
        for _ in range(timeout // 50):
            await ClockCycles(self.dut.clk, 50)
            if all(len(self.got(name)) >= len(self.expected[name]) for name in names):
                break
        for task in running:
            task.cancel()
        for name in names:
            self.sinks[name].stream.ready.value = 0
            assert self.got(name) == self.expected[name], name


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize((("latency", "stall"), [((1, 5), 0.0), ((1, 60), 0.5)]))
async def all_operands_come_over_one_bus(dut, latency, stall):
    bench = Bench(dut, latency=latency, stall=stall)
    bench.add_tiles(5)
    await bench.start()
    await bench.take(list(bench.expected), timeout=60_000)
    assert bench.ports["malformed"] == 0


@cocotb.test(timeout_time=2, timeout_unit="ms")
@cocotb.parametrize(last=["broadcast", "resident", "biases"])
async def no_operand_waits_for_another_one(dut, last):
    """The core takes all of two operands before it takes anything of the third."""
    bench = Bench(dut, latency=(1, 20), stall=0.1)
    bench.add_tiles(3)
    await bench.start()
    others = [name for name in bench.expected if name != last]
    await bench.take(others, timeout=30_000)
    assert not bench.sinks[last].payloads
    await bench.take([last], timeout=30_000)


@cocotb.test(timeout_time=1, timeout_unit="ms")
async def the_bus_is_busy_while_pixels_are_read(dut):
    """Encoded pixels of two words each, alone: of the cycles few are without a word."""
    bench = Bench(dut, latency=(6, 6), stall=0.0)
    channels = SLOTS.encoded_slots + 1
    values = random_map(CONFIG, (channels, 8, 16), 1.0) | 1
    region = {"first_row": 0, "rows": 8, "first_column": 0, "columns": 16}
    bench.add_region(values, region, length=channels, dense=False)
    await bench.start()
    await bench.take(["broadcast"], timeout=4000)
    cycles = [cycle for cycle, _ in bench.sinks["broadcast"].transfers]
    limit = 8 * 16 * max(2, -(-channels // CONFIG.stream_pairs))
    dut._log.info(f"{limit} words or beats, {cycles[-1] - cycles[0]} cycles")
    assert cycles[-1] - cycles[0] <= 1.1 * limit
