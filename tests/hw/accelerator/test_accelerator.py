# amaranth: UnusedElaboratable=no
"""The whole accelerator: a real network through memory, under every kind of memory, and faults."""

from pathlib import Path

import numpy as np
import pytest

from grus.compiler.accelerator import Launch, compile_network
from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.accelerator.crane_accelerator import CraneAccelerator
from grus.hw.accelerator.fault import Fault
from grus.hw.control.register_map import IDENTITY
from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.descriptors import record_bytes
from grus.sim.host import CHANNELS, StoppedError
from grus.sim.network_run import NetworkRun
from tests.support.lint import complaints
from tests.support.machines import DIGITS, SLOTS

EXAMPLE = Path(__file__).parents[3] / "examples" / "digits"
pytestmark = pytest.mark.rtl


@pytest.fixture(scope="module")
def library():
    return build_accelerator(SLOTS)


@pytest.fixture(scope="module")
def network():
    real = read_onnx(EXAMPLE / "digits.onnx")
    return calibrate(real, list(np.load(EXAMPLE / "inputs.npy")), DIGITS.data_bits)


@pytest.fixture(scope="module")
def program(network):
    return compile_network(network, DIGITS, word_bytes=SLOTS.axi.word_bytes)


@pytest.fixture(scope="module")
def image(network):
    return quantise_image(network, np.load(EXAMPLE / "inputs.npy")[4])


@pytest.fixture
def start(library, network, program):
    def started(**options):
        size = NetworkRun.memory_bytes(program, SLOTS)
        machine = Accelerator(SLOTS, library, size, **options)
        return machine, NetworkRun(network, program, SLOTS, machine)

    return started


MEMORIES = {
    "at once": {"latency": 1},
    "late": {"latency": 500},
    "reluctant": {"latency": 30, "stalls": dict.fromkeys(CHANNELS, 0.5), "seed": 3},
    "slow to read": {"latency": 7, "stalls": {"ar": 0.9, "r": 0.9}, "seed": 4},
    "slow to write": {"latency": 100, "stalls": {"aw": 0.9, "w": 0.9, "b": 0.9}, "seed": 5},
}


@pytest.mark.parametrize("memory", MEMORIES)
def test_every_tensor_is_exact_whatever_memory_does(start, network, image, memory):
    machine, run = start(**MEMORIES[memory])
    expected = network.run(image)
    for step in run.run(image):
        np.testing.assert_array_equal(run.tensor(step.target), expected[step.target], step.name)
        assert step.on_host == (step.account is None)
    assert machine.violations == 0


@pytest.mark.parametrize("memory", ["at once", "late", "slow to write"])
def test_layers_follow_each_other_without_the_host(start, network, image, memory):
    """One start, one interrupt: each layer waits until the results before it are in memory."""
    machine, run = start(**MEMORIES[memory])
    (together,) = run.run(image, one_launch=True)
    expected = network.run(image)
    for tensor in run._program.maps:
        np.testing.assert_array_equal(run.tensor(tensor), expected[tensor], tensor)
    alone = sum(step.cycles for step in run.run(image))
    assert together.cycles < alone
    assert together.account.macs == sum(step.account.macs for step in run.run(image))
    assert machine.violations == 0


def test_the_accelerator_says_what_it_is(start):
    machine, _ = start()
    assert machine.read("identity") == IDENTITY
    assert machine.read("config_pes") == SLOTS.config.pes
    assert machine.read("config_axi_data_bits") == 64


def run_all(run, image):
    for _ in run.run(image):
        pass


def runs_again(machine, run, network, image):
    """After a fault the machine is as new."""
    machine.fail_at(1 << 40)
    machine.allow_writes(*run._program.writable)
    run_all(run, image)
    scores = network.network.outputs[0]
    np.testing.assert_array_equal(run.tensor(scores), network.run(image)[scores])


def first_launch(program):
    return next(step for step in program.steps if isinstance(step, Launch))


def test_a_read_error_stops_the_run(start, program, network, image):
    machine, run = start()
    kernels = program.records[0]["resident"]["address"]
    machine.fail_at(kernels)
    with pytest.raises(StoppedError) as stopped:
        run_all(run, image)
    assert stopped.value.fault == Fault.READ_SLVERR
    assert stopped.value.descriptor >= 1
    assert stopped.value.address // 8 == kernels // 8
    runs_again(machine, run, network, image)


def test_a_write_error_stops_the_run(start, program, network, image):
    machine, run = start()
    target = first_launch(program).plan.target
    machine.fail_at(target.address)
    with pytest.raises(StoppedError) as stopped:
        run_all(run, image)
    assert stopped.value.fault == Fault.WRITE_SLVERR
    runs_again(machine, run, network, image)


def test_nothing_is_written_outside_the_output_buffer(start, program, network, image):
    machine, run = start()
    target = first_launch(program).plan.target
    outside = slice(target.address + 64, target.address + target.plan.bytes_in_all)
    before = machine.memory[outside].copy()
    machine.allow_writes(program.writable[0], target.address + 64)
    with pytest.raises(StoppedError) as stopped:
        run_all(run, image)
    assert stopped.value.fault == Fault.WRITE_OUTSIDE
    assert machine.violations == 0
    np.testing.assert_array_equal(machine.memory[outside], before)
    runs_again(machine, run, network, image)


@pytest.mark.parametrize("damage", ["magic", "empty"])
def test_a_bad_descriptor_is_named(start, program, network, image, damage):
    machine, run = start()
    size = record_bytes(SLOTS)
    launches = (step for step in program.steps if isinstance(step, Launch))
    launch = next(launch for launch in launches if launch.descriptors > 1)
    second = program.image.size + (launch.first + 1) * size
    sound = machine.memory[second : second + size].copy()
    if damage == "magic":
        machine.memory[second] ^= 1
    else:
        machine.memory[second + 2 : second + size] = 0
    with pytest.raises(StoppedError) as stopped:
        run_all(run, image)
    assert stopped.value.fault == Fault.BAD_DESCRIPTOR
    assert stopped.value.descriptor == 2
    machine.memory[second : second + size] = sound
    runs_again(machine, run, network, image)


def test_a_corrupt_map_is_noticed(start, program, network, image):
    """A counter that says more than its part can hold."""
    machine, run = start()
    steps = run.run(image)
    next(steps)
    stored = first_launch(program).plan.target
    machine.memory[stored.address + stored.plan.count_base] = 255
    with pytest.raises(StoppedError) as stopped:
        next(steps)
    assert stopped.value.fault == Fault.BROADCAST_MALFORMED
    runs_again(machine, run, network, image)


def test_a_run_without_descriptors_ends(start):
    machine, _ = start()
    assert machine.run(0, 0) < 100


def test_its_verilog_is_clean(tmp_path):
    assert complaints(CraneAccelerator(SLOTS), tmp_path) == ""
