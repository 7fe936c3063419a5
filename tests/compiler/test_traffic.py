"""No layer moves more than with dense tensors, by the compiler's plan; RTL confirms the plan."""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from grus.compiler.accelerator import Launch, compile_network
from grus.compiler.network.calibration import quantise_image, with_scales
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.presets import CRANE_IS, SMALL, TINY
from grus.sim.random_layers import KINDS
from tests.compiler.single_layers import single_layers

ROOT = os.environ.get("GRUS_NETWORKS")
LIMIT = 1.02


def ratios(program):
    launches = [step for step in program.steps if isinstance(step, Launch)]
    return {launch.step.layer.name: launch.traffic.ratio for launch in launches}


@pytest.mark.skipif(not ROOT, reason="GRUS_NETWORKS does not name the folder of networks")
@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("lenet5_own", SMALL),
        ("resnet20_pruned", SMALL),
        ("lenet5_own", CRANE_IS),
        ("resnet20_pruned", CRANE_IS),
        ("squeezenet_dc", CRANE_IS),
        ("face_sparse", CRANE_IS),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_no_layer_of_a_network_moves_more_than_dense(name, config):
    folder = Path(ROOT) / name
    real = read_onnx(folder / "model.onnx")
    quant = json.loads((folder / "quant.json").read_text(encoding="utf-8"))
    network = with_scales(real, quant, config.data_bits)
    image = sorted(quant["images"])[0]
    pixels = np.load(folder / f"input_{image}.npy").reshape(real.shapes[real.source])
    sample = network.run(quantise_image(network, pixels))
    found = ratios(compile_network(network, config, word_bytes=16, sample=sample))
    assert len(found) >= 4
    assert {layer: ratio for layer, ratio in found.items() if ratio > LIMIT} == {}


@pytest.mark.parametrize("config", [SMALL, TINY], ids=lambda config: config.name)
@pytest.mark.parametrize("word_bytes", [8, 16, 64])
def test_no_random_layer_moves_more_than_dense(config, word_bytes):
    """Densities from 0 to 1, all kinds; some are dense throughout, and move as much."""
    found = {}
    for _, _, program in single_layers(config, word_bytes, 6 * len(KINDS), seed=7):
        found |= ratios(program)
    assert {layer: ratio for layer, ratio in found.items() if ratio > LIMIT} == {}
    assert max(found.values()) == 1.0
    assert min(found.values()) < 0.5
