"""Clip with any limits: exact in integers, on the core where it can, else on the host."""

import numpy as np
import pytest
from onnx import helper

from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.float_run import run_float
from grus.compiler.network.onnx_file import read_onnx
from grus.compiler.network.steps import HostStep, LayerStep, steps_of
from tests.compiler.network.models import conv, save, weights

RNG = np.random.default_rng(8)
IMAGE = RNG.normal(size=(3, 8, 8)).astype(np.float32)
CONV = {"c.w": weights(RNG, 4, 3, 3, 3), "c.b": weights(RNG, 4)}
INF = np.inf


def clipped(tmp_path, low, high, *more, opset=13):
    """A layer, a Clip, and what follows; infinite limits are left out."""
    limits = {"low": low, "high": high}
    given = {name: np.float32(value) for name, value in limits.items() if np.isfinite(value)}
    names = [name if name in given else "" for name in limits]
    target = "u" if more else "y"
    nodes = [conv("c", "x", "t"), helper.make_node("Clip", ["t", *names], [target], name="clip")]
    return read_onnx(save(tmp_path, [*nodes, *more], {**CONV, **given}, opset=opset))


@pytest.mark.parametrize("opset", [11, 13])
@pytest.mark.parametrize(
    ("low", "high", "on_core"),
    [
        (0, 6, True),
        (0, INF, True),
        (-INF, INF, True),
        (0, 1.3, True),
        (-INF, 2.7, True),
        (0, 0, True),
        (-INF, -0.5, False),
        (-1, 1, False),
        (0.25, INF, False),
        (-2.5, INF, False),
        (1, 1, False),
        (-3.4028235e38, 3.4028235e38, True),
    ],
)
def test_any_limits_are_those_of_onnx(tmp_path, low, high, on_core, opset):
    network = clipped(tmp_path, low, high, opset=opset)
    integers = calibrate(network, [IMAGE], 16)
    tensors = integers.run(quantise_image(integers, IMAGE))
    (output,) = network.outputs
    real = run_float(network, IMAGE)[output]
    found = tensors[output] * 2.0 ** -integers.act_frac[output]
    np.testing.assert_allclose(found, real, atol=2e-3 * max(np.abs(real).max(), 0.1))
    layer, *others = steps_of(integers)
    assert isinstance(layer, LayerStep)
    assert all(isinstance(step, HostStep) for step in others)
    assert (layer.target == output) == on_core
    if on_core:
        computed = layer.layer.compute(tensors["x"], data_bits=16)
        np.testing.assert_array_equal(computed, tensors[output])


@pytest.mark.parametrize(("low", "high"), [(0, 0.25), (0, 6), (-0.25, 0.25)])
def test_what_a_clip_removes_costs_no_fraction_bits(tmp_path, low, high):
    """The layer's sums reach 20 and more: only what passes the Clip decides."""
    network = clipped(tmp_path, low, high)
    integers = calibrate(network, [IMAGE], 16)
    real = run_float(network, IMAGE, ["t", "y"])
    assert np.abs(real["t"]).max() > 8
    largest = np.abs(real["y"]).max() * 2.0 ** integers.act_frac["y"]
    assert 1 << 14 <= largest < 1 << 15


def test_what_others_read_keeps_its_range(tmp_path):
    add = helper.make_node("Add", ["t", "u"], ["y"], name="add")
    integers = calibrate(clipped(tmp_path, -1, 1, add), [IMAGE], 16)
    tensors = integers.run(quantise_image(integers, IMAGE))
    real = run_float(integers.network, IMAGE)["y"]
    found = tensors["y"] * 2.0 ** -integers.act_frac["y"]
    np.testing.assert_allclose(found, real, atol=1e-3 * np.abs(real).max())


@pytest.mark.parametrize(("low", "high"), [(2, 1), (np.nan, 1)])
def test_limits_must_be_a_range(tmp_path, low, high):
    limits = {"low": np.float32(low), "high": np.float32(high)}
    nodes = [conv("c", "x", "t"), helper.make_node("Clip", ["t", *limits], ["y"], name="clip")]
    path = save(tmp_path, nodes, {**CONV, **limits})
    message = r"^node clip \(Clip\) must have limits with min at most max, not .*\.\.1\.0$"
    with pytest.raises(ValueError, match=message):
        read_onnx(path)
