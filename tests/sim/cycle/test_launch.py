# amaranth: UnusedElaboratable=no
"""Launches with memory, counted as the RTL of the whole accelerator takes them."""

import os

import numpy as np
import pytest

from grus.compiler.memory.maps import pack_map
from grus.hw.core.counters import counter_names
from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.cycle.launch import MemoryTiming, count_launch
from grus.sim.cycle.placed import place_layer
from grus.sim.descriptors import pack_records
from grus.sim.random_layers import random_layers
from tests.support.machines import SLOTS, SMALL_SLOTS

SEED = int(os.environ.get("SEED", "1"))
MEMORY_BYTES = 1 << 20
LATENCIES = (1, 20, 150)


def placed_layers(slots, count, seed):
    """Random layers in memory; every second one with stealing, maps in all formats."""
    for number, found in enumerate(random_layers(slots.config, count, seed=seed)):
        inputs, results = found.inputs, found.program.expected
        options = {"steal": number % 2 == 0, "smaller": number % 3 != 0}
        try:
            placed = place_layer(found.layer, inputs, results, slots, **options)
        except ValueError:  # blocks and slices that suit maps in memory need larger RAMs
            continue
        yield found, placed


def played(machine, found, placed, slots):
    """Cycles, counters and traffic of a launch on the RTL, whose result must be right."""
    program, (_, plan, *_) = placed
    address = program.image.size
    source = plan.source
    machine.memory[:] = 0
    for place, content in (
        (0, program.image.content() + pack_records(program.records, slots)),
        (source.address, pack_map(found.inputs, source.plan, program.widths)),
    ):
        machine.memory[place : place + len(content)] = np.frombuffer(content, np.uint8)
    machine.allow_writes(*program.writable)
    machine.write("control", 4)
    before = machine.counts.read_bytes
    cycles = machine.run(address, len(program.records))
    read = machine.counts.read_bytes - before
    counters = dict(zip(counter_names(slots.config), machine.counters(), strict=True))
    return cycles, counters, read


def timeless(counters):
    """Counters but those that count waiting for memory, which the RTL counts only in part."""
    return {
        name: value
        for name, value in counters.items()
        if name != "cycles" and not name.startswith("memory_")
    }


@pytest.mark.rtl
@pytest.mark.parametrize("slots", [SLOTS, SMALL_SLOTS], ids=["narrow", "wide"])
def test_a_launch_takes_the_cycles_of_the_rtl(slots):
    library, formats = build_accelerator(slots), set()
    layers = list(placed_layers(slots, 30, SEED))
    assert len(layers) > 20
    for latency in LATENCIES:
        machine = Accelerator(slots, library, MEMORY_BYTES, latency=latency)
        for number, (found, placed) in enumerate(layers):
            cycles, counters, read = played(machine, found, placed, slots)
            counted = count_launch(
                *placed,
                slots,
                found.inputs != 0,
                found.program.expected != 0,
                MemoryTiming(latency=latency),
                warm=number > 0,
            )
            assert (counted.cycles, counted.read_bytes) == (cycles, read), found.layer.name
            assert timeless(counted.counters) == timeless(counters), found.layer.name
            plan = placed.launch.plan
            dense = {bool(kernels.record["dense"]) for kernels in plan.kernels.values()}
            formats |= {(plan.source.plan.dense, plan.target.plan.dense, kind) for kind in dense}
    assert all(len(set(kinds)) == 2 for kinds in zip(*formats, strict=True))


def counted_with(**memory):
    found, placed = next(placed_layers(SLOTS, 1, 5))
    memory = MemoryTiming(**memory)
    inputs, results = found.inputs != 0, found.program.expected != 0
    return count_launch(*placed, SLOTS, inputs, results, memory)


def test_step_by_step_is_the_same():
    for found, placed in placed_layers(SLOTS, 12, SEED + 1):
        inputs, results = found.inputs != 0, found.program.expected != 0
        quick, slow = (
            count_launch(*placed, SLOTS, inputs, results, MemoryTiming(), step_by_step=steps)
            for steps in (False, True)
        )
        assert quick == slow, found.layer.name


def test_every_cycle_of_every_element_has_a_reason():
    count = counted_with(latency=60)
    for pe in range(SLOTS.config.pes):
        names = (name for name in count.counters if name.endswith(f"_{pe}"))
        cycles = [count.counters[n] for n in names if not n.startswith(("macs", "idle_slots"))]
        assert sum(cycles) == count.cycles


def test_memory_is_never_faster_than_its_bandwidth():
    word_bytes = SLOTS.axi.word_bytes
    counts = [counted_with(bandwidth=bandwidth) for bandwidth in (1.0, 0.5, 0.1)]
    assert [c.cycles for c in counts] == sorted(c.cycles for c in counts)
    assert len({c.read_bytes for c in counts}) == 1
    assert counts[2].cycles >= counts[2].read_bytes // word_bytes * 10
    assert counts[0].cycles < counts[2].cycles / 2


@pytest.mark.parametrize(
    ("memory", "message"),
    [
        ({"latency": 0}, "latency must be at least 1 cycle, not 0"),
        ({"bandwidth": 0.0}, "bandwidth must be above 0 and at most 1 word a cycle, not 0"),
        ({"bandwidth": 1.5}, "bandwidth must be above 0 and at most 1 word a cycle, not 1.5"),
    ],
)
def test_what_no_memory_can_do_is_refused(memory, message):
    with pytest.raises(ValueError, match=message):
        MemoryTiming(**memory)
