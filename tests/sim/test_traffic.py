# amaranth: UnusedElaboratable=no
"""What the RTL moves is what the compiler planned, and not more than with dense tensors."""

import os
from pathlib import Path

import numpy as np
import pytest

from grus.compiler.accelerator import Launch, compile_network
from grus.compiler.memory.maps import pack_map, unpack_map
from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import SMALL
from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.descriptors import pack_records, record_bytes
from grus.sim.network_run import NetworkRun
from grus.sim.random_layers import KINDS
from tests.compiler.single_layers import single_layers

ROOT = os.environ.get("GRUS_NETWORKS")
DIGITS = Path(__file__).parents[2] / "examples" / "digits"
SLOTS = SlotFormat(config=SMALL, axi=AxiConfig())
LIMIT = 1.02

pytestmark = pytest.mark.rtl


@pytest.fixture(scope="module")
def library():
    return build_accelerator(SLOTS)


def test_random_layers_move_what_was_planned(library):
    """All kinds, densities from 0 to 1: exact, and not more than dense."""
    seen = set()
    for layer, sample, program in single_layers(
        SMALL, SLOTS.axi.word_bytes, 5 * len(KINDS), seed=9
    ):
        (launch,) = program.steps
        plan, traffic = launch.plan, launch.traffic
        image = program.image.content()
        records = pack_records(program.records, SLOTS)
        machine = Accelerator(SLOTS, library, len(image) + len(records))
        memory = machine.memory
        memory[:] = np.frombuffer(image + records, dtype=np.uint8)
        packed = pack_map(sample["inputs"], plan.source.plan, program.widths)
        first = plan.source.address
        memory[first : first + len(packed)] = np.frombuffer(packed, dtype=np.uint8)
        machine.allow_writes(*program.writable)
        machine.run(len(image), launch.descriptors)
        results = memory[plan.target.address :].tobytes()
        found = unpack_map(results, plan.target.plan, program.widths)
        np.testing.assert_array_equal(found, sample["results"], layer.name)
        other = launch.descriptors * record_bytes(SLOTS) + traffic.biases
        assert machine.counts.read_bytes - other == traffic.planned.read, layer.name
        assert machine.counts.written_bytes == traffic.planned.written, layer.name
        assert traffic.ratio <= LIMIT, layer.name
        assert machine.violations == 0
        seen |= {("kernels", kernels.record["dense"]) for kernels in plan.kernels.values()}
        seen |= {("inputs", plan.source.plan.dense), ("results", plan.target.plan.dense)}
    assert len(seen) == 6, seen


@pytest.mark.parametrize("name", ["digits", "lenet5_own"])
def test_each_layer_of_a_network_moves_what_was_planned(library, name):
    if name == "digits":
        real = read_onnx(DIGITS / "digits.onnx")
        pixels = np.load(DIGITS / "inputs.npy")[4]
    elif ROOT:
        real = read_onnx(Path(ROOT) / name / "model.onnx")
        pixels = np.load(sorted((Path(ROOT) / name).glob("input_*.npy"))[0])
        pixels = pixels.reshape(real.shapes[real.source])
    else:
        pytest.skip("GRUS_NETWORKS does not name the folder of networks")
    network = calibrate(real, [pixels], SMALL.data_bits)
    image = quantise_image(network, pixels)
    sample = network.run(image)
    word_bytes = SLOTS.axi.word_bytes
    program = compile_network(network, SMALL, word_bytes=word_bytes, sample=sample)
    regions = [record["region"] for record in program.records]
    assert any(region["dense"] and region["parts"] > 1 for region in regions)
    machine = Accelerator(SLOTS, library, NetworkRun.memory_bytes(program, SLOTS))
    run = NetworkRun(network, program, SLOTS, machine)
    for step, done in zip(program.steps, run.run(image), strict=True):
        np.testing.assert_array_equal(run.tensor(done.target), sample[done.target], done.name)
        if isinstance(step, Launch):
            assert done.tensor_bytes == step.traffic.planned.total, done.name
            assert done.ratio <= LIMIT, done.name
