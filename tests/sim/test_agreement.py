# amaranth: UnusedElaboratable=no
"""The compiled accelerator and the one under cocotb take the same cycles for the same work."""

from functools import cache

import numpy as np
import pytest

from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.accelerator_player import PlayedAccelerator, build_for_cocotb
from grus.sim.host import CHANNELS, StoppedError
from tests.sim.prepared import digits_network, launch_all, little_network
from tests.support.machines import SLOTS, SMALL_SLOTS

pytestmark = pytest.mark.rtl

MEMORIES = {
    "at once": {"latency": 1},
    "late": {"latency": 500},
    "reluctant": {"latency": 7, "stalls": dict.fromkeys(CHANNELS, 0.5), "seed": 3},
    "slow to read": {"latency": 40, "stalls": {"ar": 0.3, "r": 0.9}, "seed": 4},
    "slow to write": {"latency": 2, "stalls": {"aw": 0.6, "w": 0.8, "b": 0.9}, "seed": 5},
}

library, design = cache(build_accelerator), cache(build_for_cocotb)


def both(prepared, **memory):
    """The same memory behind the compiled accelerator, and behind the one under cocotb."""
    size, slots = prepared.memory_bytes, prepared.slots
    compiled = Accelerator(slots, library(slots), size, **memory)
    return compiled, PlayedAccelerator(
        slots, design(slots, simulator="icarus"), size, **memory, memory="timed"
    )


def contents(prepared):
    """Memory with every tensor of the network in it."""
    slots = prepared.slots
    machine = Accelerator(slots, library(slots), prepared.memory_bytes)
    for step in prepared.on(machine).run(prepared.image):
        assert not step.on_host
    return machine.memory.copy()


def play(machine, prepared, filled, layers):
    """Each layer alone, from its true inputs; everything that can be seen of it."""
    run = prepared.on(machine)
    for launch in prepared.program.steps:
        if layers is None or launch.step.layer.name in layers:
            target = launch.plan.target
            machine.memory[:] = filled
            machine.memory[target.address : target.address + target.plan.bytes_in_all] = 0
            before = machine.counts
            step = run._launch([launch])
            traffic = np.subtract(machine.counts, before).tolist()[1:]  # the host has its own pace
            yield step, machine.counters(), traffic, machine.memory.copy()


def assert_agreement(prepared, layers=None, **memory):
    filled = contents(prepared)
    compiled, played = both(prepared, **memory)
    with played:
        ways = (play(machine, prepared, filled, layers) for machine in (compiled, played))
        for (one, one_counts, *one_traffic), (two, two_counts, *two_traffic) in zip(
            *ways, strict=True
        ):
            assert one == two
            assert one_counts == two_counts
            assert one_traffic[0] == two_traffic[0]
            np.testing.assert_array_equal(one_traffic[1], two_traffic[1], one.name)
            np.testing.assert_array_equal(one_traffic[1], filled, one.name)
        assert compiled.violations == played.violations == 0


@pytest.fixture(scope="module")
def little(tmp_path_factory):
    return little_network(tmp_path_factory.mktemp("little"), SLOTS)


@pytest.mark.parametrize("memory", MEMORIES)
def test_they_agree_on_every_memory(little, memory):
    assert_agreement(little, **MEMORIES[memory])


def test_they_agree_on_real_layers():
    assert_agreement(digits_network(SLOTS), ("conv1", "conv4", "fc"), latency=20)


def test_they_agree_on_a_larger_machine_with_a_wider_bus(tmp_path):
    memory = {"latency": 20, "stalls": dict.fromkeys(CHANNELS, 0.2)}
    assert_agreement(little_network(tmp_path, SMALL_SLOTS), **memory)


def test_they_agree_on_faults_and_what_follows(little):
    """Where the run stops, and that the next one is none the worse."""
    filled = contents(little)
    kernels = little.program.records[1]["resident"]["address"]
    seen = []
    for machine in both(little, latency=30, stalls={"r": 0.5}):
        with machine:
            run = little.on(machine)
            machine.memory[:] = filled
            machine.fail_at(kernels)
            with pytest.raises(StoppedError) as stopped:
                launch_all(run, little.image)
            machine.fail_at(1 << 40)
            seen.append((str(stopped.value), launch_all(run, little.image).cycles))
            np.testing.assert_array_equal(machine.memory, filled)
    assert seen[0] == seen[1]
