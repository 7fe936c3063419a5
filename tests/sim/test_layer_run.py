"""Layers from their true inputs; the RTL is played by the golden model here."""

import numpy as np
import pytest

from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.core.counters import counter_names
from grus.hw.presets import SMALL
from grus.sim.core_player import Played
from grus.sim.layer_run import choose_layers, run_layers
from tests.support.sources import ROOT

DIGITS = ROOT / "examples" / "digits"


@pytest.fixture
def played(monkeypatch):
    """Programs that were played, and what the core said of each."""
    programs = []

    def play(program, config, design):
        programs.append(program)
        counters = dict.fromkeys(counter_names(config), 0) | {"macs_0": program.macs}
        return Played(program.expected, True, counters, len(programs) - 1, 1)

    monkeypatch.setattr("grus.sim.layer_run.play", play)
    return programs


def test_each_layer_has_its_true_inputs(played, monkeypatch):
    images = list(np.load(DIGITS / "inputs.npy"))
    network = calibrate(read_onnx(DIGITS / "digits.onnx"), images, SMALL.data_bits)
    image = quantise_image(network, images[3])
    expected = network.run(image)
    golden_runs = []
    run = IntegerNetwork.run
    monkeypatch.setattr(
        IntegerNetwork, "run", lambda *operands: golden_runs.append(1) or run(*operands)
    )
    steps = choose_layers(network)
    runs = run_layers(network, image, steps, SMALL, None)
    assert (len(golden_runs), len(played)) == (1, 0)
    for number, (step, layer) in enumerate(zip(steps, runs, strict=True)):
        result = played[number].expected
        np.testing.assert_array_equal(result.ravel(), expected[step.target].ravel())
        assert (layer.name, layer.result_shape) == (step.layer.name, result.shape)
        assert ("error flags must be 0, not 1" in layer.faults) == (number == 1)
        assert not layer.passed  # the counters' multiplications took no slots
    assert (len(golden_runs), len(played)) == (1, len(steps))


def test_unknown_layers_are_refused():
    network = calibrate(
        read_onnx(DIGITS / "digits.onnx"), list(np.load(DIGITS / "inputs.npy")), SMALL.data_bits
    )
    assert [step.layer.name for step in choose_layers(network, ["fc", "conv2"])] == ["conv2", "fc"]
    with pytest.raises(ValueError, match=r"^layer must be one of conv1, .*, fc, not conv9$"):
        choose_layers(network, ["conv1", "conv9"])
