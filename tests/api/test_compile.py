"""``grus.compile``: the files, and what goes to the host."""

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import helper

import grus
from grus.compiler.accelerator import Launch
from grus.hw.presets import SMALL
from tests.compiler.network.models import conv, save, weights

DIGITS = Path(__file__).parents[2] / "examples" / "digits"
NETWORK, IMAGES = DIGITS / "digits.onnx", DIGITS / "inputs.npy"
# conv5 has kernels of 48 x 3 x 3 products, and the others have fewer.
NARROW = SMALL.with_overrides(name="narrow", max_terms=300)


def test_saves_image_descriptors_and_plan(tmp_path):
    compiled = grus.compile(NETWORK, np.load(IMAGES), design="crane-is-small")
    compiled.save(tmp_path / "out")
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("descriptors.bin", "image.bin", "plan.json"),
    }
    assert (tmp_path / "out" / "image.bin").stat().st_size == plan["descriptors_address"]
    assert plan["design"] == SMALL.to_dict()
    assert "6 layers" in repr(compiled)
    assert "<td>conv5</td>" in compiled._repr_html_()


def test_a_layer_that_does_not_fit_goes_to_the_host():
    compiled = grus.compile(NETWORK, IMAGES, design=NARROW)
    on_host = [step for step in compiled.program.steps if not isinstance(step, Launch)]
    assert on_host[0].node["name"] == "conv5"
    assert all("layer conv5: products of one output must be at most" in s.reason for s in on_host)
    assert len(compiled.program.launches()) == 5


@pytest.mark.rtl
def test_the_host_computes_what_does_not_fit_exactly(tmp_path):
    """A kernel larger than the patch, a Clip from below, and the product of a flattened map."""
    rng = np.random.default_rng(4)
    image = rng.normal(size=(3, 16, 16)).astype(np.float32)
    constants = {
        **{"a.w": weights(rng, 4, 3, 3, 3), "a.b": weights(rng, 4), "low": np.float32(-1)},
        **{"b.w": weights(rng, 8, 4, 13, 13), "b.b": weights(rng, 8), "g.w": weights(rng, 5, 32)},
    }
    nodes = [
        conv("a", "x", "t", pads=[1, 1, 1, 1]),
        helper.make_node("Clip", ["t", "low"], ["u"], name="clip"),
        conv("b", "u", "v", strides=[2, 2]),
        helper.make_node("Relu", ["v"], ["r"], name="relu"),
        helper.make_node("Flatten", ["r"], ["f"], name="flatten"),
        helper.make_node("Gemm", ["f", "g.w"], ["y"], name="g", transB=1),
    ]
    path = save(tmp_path, nodes, constants, shape=("N", 3, 16, 16))
    result = grus.run(path, image)
    assert [(step.name, step.on_host) for step in result.steps] == [
        *[("a", False), ("clip", True), ("b", True), ("relu", True), ("g", False)],
    ]
    assert result.passed
    assert result.compared == 5
    assert "layer b: " in result.host.reasons["relu"]
    products, others = 8 * 2 * 2 * 13 * 13 * 4, 4 * 16 * 16 + 8 * 4
    on_core = 4 * 16 * 16 * 27 + 5 * 32
    assert result.host.share == (products + others) / (products + others + on_core)
    assert any("On the host, " in line and "clip, b, relu" in line for line in result.summary())


def test_a_product_that_does_not_fit_takes_its_flatten_to_the_host():
    compiled = grus.compile(NETWORK, IMAGES, design=SMALL.with_overrides(max_terms=50))
    steps = compiled.program.steps
    assert [step.node["name"] for step in steps[-3:]] == ["gap", "flatten", "fc"]
    assert len(compiled.program.launches()) == 3
