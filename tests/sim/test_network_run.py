# amaranth: UnusedElaboratable=no
"""Networks step by step; real ones on RTL, every hash as the development networks have it."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

from grus.compiler.accelerator import compile_network
from grus.compiler.memory.maps import unpack_map
from grus.compiler.network.calibration import calibrate, quantise_image, with_scales
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import SMALL
from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.descriptors import pack_records
from grus.sim.network_run import NetworkRun
from tests.compiler.network.models import conv, save, weights
from tests.sim.oracle import Oracle

ROOT = os.environ.get("GRUS_NETWORKS")
SLOTS = SlotFormat(config=SMALL, axi=AxiConfig())


@pytest.mark.rtl
@pytest.mark.skipif(not ROOT, reason="GRUS_NETWORKS does not name the folder of networks")
@pytest.mark.parametrize("name", ["lenet5_own", "resnet20_pruned"])
@pytest.mark.parametrize("dense", [False, True], ids=["encoded", "smaller"])
def test_every_tensor_has_the_oracles_hash(name, dense):
    """With all maps encoded, and with those dense that are smaller so."""
    folder = Path(ROOT) / name
    real = read_onnx(folder / "model.onnx")
    quant = json.loads((folder / "quant.json").read_text(encoding="utf-8"))
    network = with_scales(real, quant, SMALL.data_bits)
    image = sorted(quant["images"])[0]
    pixels = np.load(folder / f"input_{image}.npy").reshape(real.shapes[real.source])
    sample = network.run(quantise_image(network, pixels)) if dense else None
    program = compile_network(network, SMALL, word_bytes=SLOTS.axi.word_bytes, sample=sample)
    assert any(stored.plan.dense for stored in program.maps.values()) == dense
    machine = Accelerator(SLOTS, build_accelerator(SLOTS), NetworkRun.memory_bytes(program, SLOTS))
    run = NetworkRun(network, program, SLOTS, machine)
    hashes = quant["images"][image]["sha256_16"]
    for step in run.run(quantise_image(network, pixels)):
        content = run.tensor(step.target).astype(np.int16).tobytes()
        assert hashlib.sha256(content).hexdigest()[:16] == hashes[step.target], step.name
    assert machine.violations == 0


RNG = np.random.default_rng(9)
IMAGE = RNG.normal(size=(3, 8, 8)).astype(np.float32)
CONVOLUTIONS = [
    conv("a", "x", "s", kernel_shape=[3, 3], pads=[1] * 4),
    conv("b", "s", "t", kernel_shape=[3, 3], pads=[1] * 4),
]
ADDITION = helper.make_node("Add", ["s", "t"], ["y"], name="add")
CONSTANTS = {"a.w": weights(RNG, 4, 3, 3, 3), "a.b": weights(RNG, 4)}
CONSTANTS |= {"b.w": weights(RNG, 4, 4, 3, 3), "b.b": weights(RNG, 4)}


def on_the_oracle(folder, nodes, output, **options):
    network = calibrate(read_onnx(save(folder, nodes, CONSTANTS, outputs=(output,))), [IMAGE], 16)
    program = compile_network(network, SMALL, word_bytes=SLOTS.axi.word_bytes)
    image = quantise_image(network, IMAGE)
    expected = network.run(image)
    oracle = Oracle(program, SLOTS, expected)
    return NetworkRun(network, program, SLOTS, oracle, **options), oracle, program, image, expected


def test_memory_holds_operands_and_descriptors_before_the_first_step(tmp_path):
    _, oracle, program, _, _ = on_the_oracle(tmp_path, [*CONVOLUTIONS, ADDITION], "y")
    content = program.image.content() + pack_records(program.records, SLOTS)
    assert oracle.memory.tobytes() == content
    assert oracle.said == [("allow_writes", *program.writable)]


def test_layers_run_on_the_accelerator_and_the_rest_on_the_host(tmp_path):
    run, oracle, _, image, expected = on_the_oracle(tmp_path, [*CONVOLUTIONS, ADDITION], "y")
    steps = []
    for step in run.run(image):
        steps.append(step)
        np.testing.assert_array_equal(run.tensor(step.target), expected[step.target])
    assert [(step.name, step.on_host) for step in steps] == [
        ("a", False),
        ("b", False),
        ("add", True),
    ]
    for step in steps[:2]:
        assert (step.cycles, step.read_bytes, step.written_bytes) == (50, 7, 3)
        assert step.account.cycles == 0
    assert steps[2].to_dict()["account"] is None
    assert oracle.said[1:] == [("control", 4), ("run", "a"), ("control", 4), ("run", "b")]


def test_all_layers_run_in_one_launch(tmp_path):
    run, oracle, program, image, expected = on_the_oracle(tmp_path, CONVOLUTIONS, "t")
    (step,) = run.run(image, one_launch=True)
    assert (step.name, step.target, step.cycles) == ("a..b", "t", 50)
    assert step.dense_bytes == sum(launch.traffic.dense.total for launch in program.steps)
    assert oracle.said[1:] == [("control", 4), ("run", "a", "b")]
    np.testing.assert_array_equal(run.tensor("t"), expected["t"])
    np.testing.assert_array_equal(run.tensor("x"), image)


def test_a_launch_ends_before_the_hosts_share(tmp_path):
    run, oracle, _, image, expected = on_the_oracle(tmp_path, [*CONVOLUTIONS, ADDITION], "y")
    steps = [(step.name, step.on_host) for step in run.run(image, one_launch=True)]
    assert steps == [("a..b", False), ("add", True)]
    assert oracle.said[1:] == [("control", 4), ("run", "a", "b")]
    np.testing.assert_array_equal(run.tensor("y"), expected["y"])


def test_layers_run_alone_from_true_inputs(tmp_path):
    told = []
    run, oracle, program, _, expected = on_the_oracle(
        tmp_path, CONVOLUTIONS, "t", watch=lambda *now: told.append(now)
    )
    (step,) = run.run_layers(program.launches(["b"]), expected)
    assert (step.name, step.target) == ("b", "t")
    assert oracle.said[1:] == [("control", 4), ("run", "b")]
    assert told == [("b", 25)]
    stored = program.maps["s"]
    found = oracle.memory[stored.address :][: stored.plan.bytes_in_all].tobytes()
    found = unpack_map(found, stored.plan, program.widths)
    np.testing.assert_array_equal(found, expected["s"])
