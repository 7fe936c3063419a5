"""``grus.run``: the answer, whole or layer by layer, and what it says of wrong arguments."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import grus
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.presets import SMALL
from grus.sim.machines import make_machine

DIGITS = Path(__file__).parents[2] / "examples" / "digits"
NETWORK, IMAGES = DIGITS / "digits.onnx", DIGITS / "inputs.npy"
LAYERS = ["conv1", "conv2", "conv3", "conv4", "conv5", "fc"]


@pytest.mark.rtl
def test_runs_a_network_from_arrays():
    told = []
    images = np.load(IMAGES)
    result = grus.run(
        read_onnx(NETWORK), images[7], design=SMALL, progress=lambda *now: told.append(now)
    )
    assert result.passed
    assert [step.name for step in result.steps] == LAYERS
    assert result.top[0] == 7
    assert result.comparisons["scores"].same_answer
    assert result.cycles == sum(step.cycles for step in result.steps) > 0
    np.testing.assert_allclose(
        result.values["scores"].max(), max(result.comparisons["scores"].scores)
    )
    names, shares = zip(*told, strict=True)
    assert names[:2] == ("Compiling", "Building crane-is-small for verilator")
    assert set(LAYERS) <= set(names)
    assert list(shares) == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    json.dumps(result.to_dict())


@pytest.mark.rtl
def test_progress_is_by_work_and_not_by_layers():
    """conv2 has most of the work, and the first layer little."""
    told = {}
    grus.run(NETWORK, IMAGES, progress=lambda name, share: told.__setitem__(name, share))
    shares = dict(zip(LAYERS, np.diff([0, *(told[name] for name in LAYERS)]), strict=True))
    assert shares["conv2"] > 0.4
    assert shares["conv1"] < 0.1


@pytest.mark.rtl
def test_runs_layers_from_their_true_inputs(monkeypatch):
    whole = grus.run(NETWORK, IMAGES)
    some = grus.run(NETWORK, IMAGES, layers=["fc", "conv3"])
    assert [step.name for step in some.steps] == ["conv3", "fc"]
    assert some.passed
    assert some.compared == 2
    by_name = {step.name: step.account.macs for step in whole.steps}
    assert [step.account.macs for step in some.steps] == [by_name["conv3"], by_name["fc"]]
    np.testing.assert_array_equal(some.outputs["scores"], whole.outputs["scores"])


@pytest.mark.rtl
def test_one_launch_tells_totals():
    apart = grus.run(NETWORK, IMAGES)
    together = grus.run(NETWORK, IMAGES, one_launch=True)
    (step,) = together.steps
    assert step.name == "conv1..fc"
    assert step.account.macs == sum(other.account.macs for other in apart.steps)
    assert step.cycles < apart.cycles
    assert together.passed
    assert together.compared == len(LAYERS)


@pytest.mark.rtl
def test_a_difference_is_found_in_every_kind_of_run(monkeypatch):
    """What comes back from the machine is compared, tensor by tensor."""
    monkeypatch.setattr("grus.sim.network_run.unpack_map", _one_off)
    assert len(grus.run(NETWORK, IMAGES).differing) == len(LAYERS)
    assert grus.run(NETWORK, IMAGES, layers=["fc"]).differing == ["scores"]
    assert len(grus.run(NETWORK, IMAGES, one_launch=True).differing) == len(LAYERS)


def _one_off(content, plan, widths):
    from grus.compiler.memory.maps import unpack_map

    return unpack_map(content, plan, widths) + 1


def test_the_golden_model_needs_neither_simulator_nor_bus(monkeypatch):
    monkeypatch.setattr("grus.api.compiling.SlotFormat", None)
    monkeypatch.setattr("grus.api.running.make_machine", None)
    result = grus.run(NETWORK, IMAGES, engine="golden", design=SMALL.with_overrides(data_bits=12))
    assert result.top[0] == 0
    assert result.steps == []
    assert "the golden model" in repr(result)


def test_calibrates_on_all_images_and_runs_the_first():
    images = np.load(IMAGES)
    large = np.concatenate([images[3:4], 8 * images[:1]])
    small = grus.run(NETWORK, images[3:4], engine="golden")
    both = grus.run(NETWORK, large, engine="golden")
    assert both.top[0] == 3
    source = small.network.network.source
    assert both.network.act_frac[source] < small.network.act_frac[source]


def test_shows_itself_in_notebooks():
    result = grus.run(NETWORK, IMAGES, engine="golden")
    html = result._repr_html_()
    assert html.startswith("<table><caption>digits on the golden model</caption>")
    assert "float has the same first" in html


@pytest.mark.rtl
def test_shows_each_step_in_notebooks():
    result = grus.run(NETWORK, IMAGES, layers=["conv4"])
    (step,) = result.steps
    html = result._repr_html_()
    assert "<td>conv4</td>" in html
    assert 0 < step.ratio <= 1.02
    assert html.count(f"<td>{step.ratio:.3f}</td></tr>") == 1


@pytest.mark.rtl
def test_a_board_takes_the_place_of_a_simulator(monkeypatch):
    asked = []

    def board(slots, memory_bytes, port, baud):
        asked.append((port, baud))
        return make_machine(slots, memory_bytes)

    monkeypatch.setattr("grus.api.running.SerialBoard", board)
    result = grus.run(NETWORK, IMAGES, layers=["conv4"], port="a port", baud=9600)
    assert asked == [("a port", 9600)]
    assert result.passed
    plain = result.to_dict()
    assert [plain[key] for key in ("port", "simulator", "latency")] == ["a port", None, None]


WRONG = {
    "engine": ({"engine": "fast"}, r"^engine must be one of rtl, golden, not fast$"),
    "simulator": ({"simulator": "vcs"}, r"^simulator must be one of verilator.*, not vcs$"),
    "latency": ({"latency": 0}, r"^latency must be at least 1 cycle, not 0$"),
    "text of layers": (
        {"layers": "fc"},
        r"^layers must be a sequence of names, not the text 'fc'$",
    ),
    "layer": ({"layers": ["conv1", "conv9"]}, r"^layer must be one of conv1, .*, fc, not conv9$"),
    "no layer": ({"layers": [""]}, r"^layer must be one of conv1, .*, fc, not $"),
    "layers at once": (
        {"layers": ["fc"], "one_launch": True},
        r"^one_launch must be left out where layers are named: each starts alone$",
    ),
    "waves of the golden model": (
        {"engine": "golden", "waves": "x.vcd"},
        r"^engine must be rtl for layers, one_launch, waves and port, not golden$",
    ),
    "waves of a board": (
        {"port": "x", "waves": "x.vcd"},
        r"^waves must be left out where a port is named: a board records none$",
    ),
    "port": ({"port": "none"}, r"^port must be a serial port, and none is none: "),
    "waves of a kind": ({"waves": "x.lxt"}, r"^waveforms must go to a file \.fst or \.vcd, not x"),
    "design": ({"design": "crane"}, r"^design must be one of crane-is, .*, not crane$"),
    "scales": ({"scales": {"act_frac": {}}}, r"^act_frac of the scales must give an integer for"),
}


@pytest.mark.parametrize("name", WRONG)
def test_says_what_is_wrong(name, monkeypatch):
    arguments, message = WRONG[name]
    monkeypatch.setattr("grus.sim.accelerator.to_verilog", None)  # nothing is built
    with pytest.raises((TypeError, ValueError), match=message):
        grus.run(NETWORK, IMAGES, **arguments)


IMAGE = np.zeros((1, 8, 8))
WRONG_IMAGES = {
    "shape": (
        np.zeros((3, 8, 8)),
        r"^input must have shape \(1, 8, 8\), .* not \(3, 8, 8\)$",
    ),
    "too many axes": (np.zeros((1, 1, 1, 8, 8)), r"^input must have shape \(1, 8, 8\)"),
    "no image": (
        np.zeros((0, 1, 8, 8)),
        r"^input must have shape \(1, 8, 8\), .* not \(0, 1, 8, 8\)$",
    ),
    "NaN": (IMAGE * np.nan, r"^input must be finite in float32, and holds NaN or infinity$"),
    "too large": (IMAGE + 1e200, r"^input must be finite in float32, and holds NaN or infinity$"),
    "complex": (IMAGE * 1j, r"^input must hold real numbers, not complex128$"),
}


@pytest.mark.parametrize("name", WRONG_IMAGES)
def test_says_what_is_wrong_with_an_image(name):
    image, message = WRONG_IMAGES[name]
    with pytest.raises(ValueError, match=message):
        grus.run(NETWORK, image, engine="golden")


def test_a_network_of_which_no_layer_fits_is_not_built(monkeypatch):
    monkeypatch.setattr("grus.sim.accelerator.to_verilog", None)
    message = r"^network digits must have a layer that fits .*, and has none: layer conv1: .*raise"
    with pytest.raises(ValueError, match=message):
        grus.run(NETWORK, IMAGES, design=SMALL.with_overrides(max_terms=2))


@pytest.mark.rtl
def test_icarus_takes_the_same_cycles():
    compiled, played = (
        grus.run(NETWORK, IMAGES, layers=["fc"], simulator=name) for name in ("verilator", "icarus")
    )
    assert compiled.passed
    assert played.passed
    assert compiled.steps == played.steps
    assert played.to_dict()["simulator"] == "icarus"


def test_importing_grus_is_light():
    script = """
import sys
import grus
assert not {"numpy", "onnx"} & set(sys.modules)
assert {"compile", "run"} <= set(dir(grus))
assert callable(grus.run) and callable(grus.compile)
import grus.hw.config
grus.nothing
"""
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    expected = "AttributeError: module 'grus' has no attribute 'nothing'"
    assert result.stderr.strip().endswith(expected), result.stderr
