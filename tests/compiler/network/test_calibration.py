"""Fractions measured on images."""

import numpy as np
import pytest
from onnx import helper

from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.onnx_file import read_onnx
from tests.compiler.network.models import conv, save


def calibrated(tmp_path, nodes, constants, image, bits=16):
    return calibrate(
        read_onnx(save(tmp_path, nodes, constants, shape=("N", 1, 2, 2))), [image], bits
    )


def kernel(*weights):
    return np.array(weights, np.float32).reshape(1, -1, 1, 1)


def relu(source, target):
    return helper.make_node("Relu", [source], [target], name="relu")


IMAGE = np.array([[[1.0, -1.0], [0.5, 0.25]]], np.float32)


def test_what_the_relu_removes_is_not_counted(tmp_path):
    """Sums are -60..2; 2 is all that anybody sees."""
    constants = {"c.w": kernel(31), "c.b": np.array([-29], np.float32)}
    nodes = [conv("c", "x", "t"), relu("t", "y")]
    assert calibrated(tmp_path, nodes, constants, IMAGE).act_frac["y"] == 13


def test_what_others_see_is_counted(tmp_path):
    constants = {"c.w": kernel(31), "c.b": np.array([-29], np.float32)}
    nodes = [
        *(conv("c", "x", "t"), relu("t", "r")),
        helper.make_node("Add", ["t", "r"], ["y"], name="add"),
    ]
    integers = calibrated(tmp_path, nodes, constants, IMAGE)
    assert integers.act_frac["t"] == integers.act_frac["r"] == 9


def test_operators_that_keep_the_point_share_a_fraction(tmp_path):
    """Joined tensors take the coarsest fraction of them; sums have their own."""
    constants = {"a.w": kernel(1), "a.b": np.zeros(1), "b.w": kernel(100), "b.b": np.zeros(1)}
    constants = {name: values.astype(np.float32) for name, values in constants.items()}
    nodes = [
        *(conv("a", "x", "s"), conv("b", "x", "t")),
        helper.make_node("Concat", ["s", "t"], ["c"], name="join", axis=1),
        helper.make_node("Add", ["c", "c"], ["y"], name="add"),
    ]
    fractions = calibrated(tmp_path, nodes, constants, IMAGE).act_frac
    assert [fractions[name] for name in ("x", "s", "t", "c", "y")] == [14, 8, 8, 8, 7]


def test_no_result_is_finer_than_its_products(tmp_path):
    """The bias takes all away again: the result alone would be as fine as can be."""
    constants = {"c.w": kernel(512), "c.b": np.array([-(512**2)], np.float32)}
    image = np.full((1, 2, 2), 512, np.float32)
    integers = calibrated(tmp_path, [conv("c", "x", "y")], constants, image)
    assert (integers.act_frac["x"], integers.weight_frac["c"]) == (5, 5)
    assert integers.act_frac["y"] == 10


@pytest.mark.parametrize("bits", [8, 16])
def test_the_largest_value_of_all_images_fits(tmp_path, bits):
    constants = {"c.w": kernel(1), "c.b": np.zeros(1, np.float32)}
    network = read_onnx(save(tmp_path, [conv("c", "x", "y")], constants, shape=("N", 1, 2, 2)))
    integers = calibrate(network, [IMAGE, 7 * IMAGE, IMAGE], bits)
    assert integers.act_frac["x"] == bits - 1 - 3
    assert quantise_image(integers, 7 * IMAGE).max() == 7 << (bits - 4)
