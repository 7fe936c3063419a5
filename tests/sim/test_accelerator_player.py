# amaranth: UnusedElaboratable=no
"""The accelerator between cocotbext-axi's `AxiRam` and `AxiLiteMaster`, on Icarus."""

import os
import random
from functools import cache

import numpy as np
import pytest

from grus.hw.accelerator.fault import Fault
from grus.hw.control.register_map import IDENTITY
from grus.sim.accelerator_player import PlayedAccelerator, build_for_cocotb
from grus.sim.host import CHANNELS, StoppedError
from grus.sim.machines import make_machine
from tests.sim.prepared import digits_network, launch_all, little_network
from tests.support.machines import DIGITS, SLOTS

pytestmark = pytest.mark.rtl

SEED = int(os.environ.get("SEED", "1"))
design = cache(build_for_cocotb)


def start(size, **options):
    options = {"memory": "cocotbext", "latency": 1, "seed": SEED, **options}
    return PlayedAccelerator(SLOTS, design(SLOTS, simulator="icarus"), size, **options)


@pytest.fixture(scope="module")
def little(tmp_path_factory):
    return little_network(tmp_path_factory.mktemp("little"), SLOTS)


def any_memory(number):
    """Each channel pauses with a chance of its own, answers take 1 to 500 cycles."""
    rng = random.Random(f"{SEED} {number}")
    stalls = {channel: rng.uniform(0, 0.9) for channel in CHANNELS}
    return {"latency": rng.randint(1, 500), "stalls": stalls}


MEMORIES = {
    "at once": {"latency": 1},
    "late": {"latency": 500},
    "late and reluctant": {"latency": 500, "stalls": dict.fromkeys(CHANNELS, 0.9)},
    **{f"any {number}": any_memory(number) for number in range(3)},
}


@pytest.mark.parametrize("memory", MEMORIES)
def test_every_tensor_is_exact_whatever_memory_does(little, memory):
    with start(little.memory_bytes, **MEMORIES[memory]) as machine:
        run = little.on(machine)
        for step in run.run(little.image):
            found, expected = run.tensor(step.target), little.expected[step.target]
            np.testing.assert_array_equal(found, expected, step.name)
        assert machine.violations == 0
        assert machine.counts.write_bursts > 0


def test_a_real_layer_is_exact():
    """The first of examples/digits, between memory and host that pause."""
    digits = digits_network(SLOTS)
    memory = {"latency": 50, "stalls": dict.fromkeys(CHANNELS, 0.3)}
    with start(digits.memory_bytes, **memory) as machine:
        run = digits.on(machine)
        step = next(run.run(digits.image))
        np.testing.assert_array_equal(run.tensor(step.target), digits.expected[step.target])
        assert machine.violations == 0


def runs_again(machine, little):
    """As if nothing had been."""
    machine.fail_at(1 << 40)
    run = little.on(machine)
    launch_all(run, little.image)
    np.testing.assert_array_equal(run.tensor("y"), little.expected["y"])


@pytest.mark.parametrize("side", ["read", "write"])
def test_an_error_stops_the_run_and_is_named(little, side):
    """The second of three descriptors, its kernels or its results."""
    addresses = {
        "read": little.program.records[1]["resident"]["address"],
        "write": little.program.maps["t5"].address,
    }
    with start(little.memory_bytes, latency=9, stalls={"r": 0.4, "b": 0.4}) as machine:
        run = little.on(machine)
        machine.fail_at(addresses[side])
        with pytest.raises(StoppedError) as stopped:
            launch_all(run, little.image)
        error = stopped.value
        assert error.fault == {"read": Fault.READ_SLVERR, "write": Fault.WRITE_SLVERR}[side]
        assert error.descriptor == 2
        step = SLOTS.axi.word_bytes
        assert error.address // step == addresses[side] // step
        runs_again(machine, little)


def test_nothing_is_written_outside_the_output_buffer(little):
    first = little.program.writable[0]
    target = little.program.maps["t5"].address
    with start(little.memory_bytes, stalls={"w": 0.5}) as machine:
        run = little.on(machine)
        before = machine.memory[target:].copy()
        machine.allow_writes(first, target)
        with pytest.raises(StoppedError) as stopped:
            launch_all(run, little.image)
        assert stopped.value.fault == Fault.WRITE_OUTSIDE
        assert stopped.value.descriptor == 2
        assert machine.violations == 0
        np.testing.assert_array_equal(machine.memory[target:], before)
        runs_again(machine, little)


def test_a_soft_reset_ends_a_run(little):
    with start(little.memory_bytes, latency=400) as machine:
        run = little.on(machine)
        with pytest.raises(TimeoutError, match="must end within 700 cycles"):
            machine.run(run._descriptors, len(little.program.records), timeout=700)
        assert machine.read("status") == 1
        machine.write("control", 2)
        while machine.read("status") & 1:
            pass
        runs_again(machine, little)


def test_an_accelerator_on_icarus_says_what_it_is(tmp_path):
    waves = tmp_path / "waves" / "run.fst"
    with make_machine(SLOTS, 4096, simulator="icarus", latency=3, waves=waves) as machine:
        assert machine.read("identity") == IDENTITY
        assert machine.read("config_pes") == DIGITS.pes
        assert machine.run(0, 0) < 100
        machine.memory[:4] = 1, 2, 3, 4
        with pytest.raises(ValueError, match="register identity must take 0x7, and answers 2"):
            machine.write("identity", 7)
    assert machine.memory[:4].tolist() == [1, 2, 3, 4]
    assert [path.name for path in waves.parent.iterdir()] == ["run.fst"]
    assert waves.stat().st_size > 0
    machine.close()


def test_a_simulation_that_fails_says_why(tmp_path):
    with start(64, folder=tmp_path) as machine:
        with pytest.raises(AssertionError, match=r"has ended: .*AttributeError.*_do_juggle"):
            machine._connection.ask("juggle")
        with pytest.raises(AssertionError, match=r"has ended: .*AttributeError.*_do_juggle"):
            machine.read("identity")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"memory": "dram"}, "memory must be one of timed, cocotbext, not dram"),
        ({"latency": 0}, "latency must be at least 1, not 0"),
        ({"stalls": {"q": 0.5}}, "stalls must name some of ar, r, aw, w, b, not q"),
        ({"stalls": {"w": 1.5}}, r"stalls of w must be in 0\.\.1, not 1\.5"),
    ],
)
def test_options_out_of_range_are_named(options, reason):
    with pytest.raises(ValueError, match=reason):
        start(64, **options)


def test_waveforms_of_icarus_have_one_kind(tmp_path):
    with pytest.raises(ValueError, match=r"waveforms must go to a file \.fst, not run\.vcd"):
        make_machine(SLOTS, 64, simulator="icarus", waves=tmp_path / "run.vcd")


def test_whoever_waits_is_told_the_cycles(little):
    told = []
    with start(little.memory_bytes, latency=50) as machine:
        little.on(machine)
        records = little.program.image.size, len(little.program.records)
        cycles = machine.run(*records, watch=told.append)
    assert told == list(range(512, cycles, 512))


def test_there_must_be_such_a_simulator():
    with pytest.raises(ValueError, match="simulator must be one of verilator, icarus, not spice"):
        make_machine(SLOTS, 64, simulator="spice")
