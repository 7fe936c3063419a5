"""What exporters write beyond the plain cases: each is right, or refused with its node's name."""

import numpy as np
import onnx
import pytest
from onnx import helper

from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.float_run import run_float
from grus.compiler.network.onnx_file import read_onnx
from tests.compiler.network.models import conv, model, save, weights

RNG = np.random.default_rng(9)
IMAGE = RNG.normal(size=(3, 8, 8)).astype(np.float32)
CONV = {"c.w": weights(RNG, 4, 3, 3, 3), "c.b": weights(RNG, 4)}
NORM = {name: np.abs(weights(RNG, 4)) + 0.5 for name in ("gain", "shift", "mean", "variance")}
PRODUCT = {"g.w": weights(RNG, 5, 144)}


def node(kind, inputs, output="y", **attributes):
    return helper.make_node(kind, inputs, [output], name=kind.lower(), **attributes)


def first(target="t"):
    return conv("c", "x", target)


def assert_as_onnx(path, tolerance=2e-3):
    network = read_onnx(path)
    integers = calibrate(network, [IMAGE], 16)
    tensors = integers.run(quantise_image(integers, IMAGE))
    for output, real in run_float(network, IMAGE).items():
        found = tensors[output] * 2.0 ** -integers.act_frac[output]
        atol = tolerance * np.abs(real).max()
        np.testing.assert_allclose(found.reshape(real.shape), real, atol=atol)


@pytest.mark.parametrize("opset", [11, 12, 13, 15, 18, 21, 23])
def test_opsets_from_11_up(tmp_path, opset):
    nodes = [
        first(),
        node("BatchNormalization", ["t", *NORM], "n"),
        node("Relu", ["n"], "r"),
        node("AveragePool", ["r"], "a", kernel_shape=[2, 2], strides=[2, 2]),
        node(
            "Resize",
            ["a", "roi", "factors"],
            "u",
            mode="linear",
            coordinate_transformation_mode="pytorch_half_pixel",
        ),
        node("Flatten", ["u"], "f", axis=1),
        node("Gemm", ["f", "g.w"], transB=1),
    ]
    factors = {"roi": np.zeros(0, np.float32), "factors": np.array([1, 1, 2, 2], np.float32)}
    assert_as_onnx(save(tmp_path, nodes, {**CONV, **NORM, **factors, **PRODUCT}, opset=opset))


LATER = {
    "one bias for all outputs": (
        [first(), node("Flatten", ["t"], "f"), node("Gemm", ["f", "g.w", "g.b"], transB=1)],
        {**PRODUCT, "g.b": np.float32(-3)},
    ),
    "flatten from behind": (
        [first(), node("Flatten", ["t"], "f", axis=-3), node("Gemm", ["f", "g.w"], transB=1)],
        PRODUCT,
    ),
    "constant nodes": (
        [
            helper.make_node(
                "Constant", [], ["six"], value=onnx.numpy_helper.from_array(np.float32(6))
            ),
            first(),
            node("Clip", ["t", "", "six"]),
        ],
        {},
    ),
    "grouped": (
        [first(), helper.make_node("Conv", ["t", "d.w"], ["y"], name="d", group=4)],
        {"d.w": weights(RNG, 8, 1, 3, 3)},
    ),
}


@pytest.mark.parametrize("name", LATER)
def test_is_that_of_onnx(name, tmp_path):
    nodes, constants = LATER[name]
    assert_as_onnx(save(tmp_path, nodes, {**CONV, **constants}))


def test_nodes_of_one_name_keep_their_own_weights(tmp_path):
    second = helper.make_node("Conv", ["t", "d.w"], ["y"], name="c")
    path = save(tmp_path, [first(), second], {**CONV, "d.w": weights(RNG, 2, 4, 1, 1)})
    assert_as_onnx(path)


REFUSED = {
    "foreign operator": (
        [helper.make_node("Conv", ["x"], ["y"], name="other", domain="com.example")],
        {},
        r"^operator of node other must be one of Add, .*, not com\.example\.Conv$",
    ),
    "unknown operator": (
        [node("Frobnicate", ["x"])],
        {},
        r"^operator of node frobnicate must be one of Add, .*, not Frobnicate$",
    ),
    "dilated pooling": (
        [first(), node("MaxPool", ["t"], kernel_shape=[2, 2], dilations=[2, 2])],
        {},
        r"^dilations of node maxpool must be \[1, 1\], not \[2, 2\]$",
    ),
    "norm of a tensor that others read": (
        [
            first(),
            node("BatchNormalization", ["t", *NORM], "n"),
            node("Add", ["t", "n"]),
        ],
        NORM,
        r"^node batchnormalization \(BatchNormalization\) must be the only reader of t, so that",
    ),
    "norm behind an identity that others read": (
        [
            first(),
            node("Identity", ["t"], "i"),
            node("BatchNormalization", ["i", *NORM], "n"),
            node("Add", ["t", "n"]),
        ],
        NORM,
        r"^node batchnormalization \(BatchNormalization\) must be the only reader of i, so that",
    ),
    "norm of no variance": (
        [first(), node("BatchNormalization", ["t", *NORM])],
        {**NORM, "variance": np.full(4, -1, np.float32)},
        r"^c\.weight must be finite, and holds NaN or infinity$",
    ),
    "bias of another length": (
        [node("Flatten", ["x"], "f"), node("Gemm", ["f", "g.w", "g.b"], transB=1)],
        {"g.w": weights(RNG, 6, 192), "g.b": weights(RNG, 1, 3)},
        r"^node gemm \(Gemm\) must have one bias, or one for each of 6 outputs, not \(1, 3\)$",
    ),
    "sum with a constant": (
        [first(), node("Add", ["t", "c.b"])],
        {},
        r"^node add \(Add\) must read computed tensors, not the constant c\.b$",
    ),
    "sum of other shapes": (
        [first(), node("GlobalAveragePool", ["t"], "g"), node("Add", ["t", "g"])],
        {},
        r"^node add \(Add\) must add tensors of one shape, not \(1, 4, 6, 6\) and \(1, 4, 1, 1\)$",
    ),
    "reshape across images": (
        [first(), node("Reshape", ["t", "size"])],
        {"size": np.array([4, 36])},
        r"^node reshape \(Reshape\) must make a vector of each image, not \(4, 36\)$",
    ),
    "flatten of rows": (
        [first(), node("Flatten", ["t"], axis=2)],
        {},
        r"^axis of node flatten must be 1 or -3, not 2$",
    ),
    "nearest neighbours": (
        [first(), node("Resize", ["t", "", "factors"], mode="nearest")],
        {"factors": np.array([1, 1, 2, 2], np.float32)},
        r"^mode of node resize must be linear, not nearest$",
    ),
    "three times as large": (
        [first(), node("Resize", ["t", "", "factors"], mode="linear")],
        {"factors": np.array([1, 1, 3, 3], np.float32)},
        r"^node resize \(Resize\) must double rows and columns of \(1, 4, 6, 6\), not make ",
    ),
    "padding of other values": (
        [node("Pad", ["x", "pads", "one"], "p"), conv("c", "p", "y")],
        {"pads": np.array([0, 0, 1, 1, 0, 0, 1, 1]), "one": np.float32(1)},
        r"^node pad \(Pad\) must pad channels, rows or columns with zeros$",
    ),
    "reflecting padding": (
        [node("Pad", ["x", "pads"], "p", mode="reflect"), conv("c", "p", "y")],
        {"pads": np.array([0, 0, 1, 1, 0, 0, 1, 1])},
        r"^mode of node pad must be constant, not reflect$",
    ),
    "kernel of one axis": (
        [node("Conv", ["x", "d.w"])],
        {"d.w": weights(RNG, 4, 3, 3)},
        r"^node conv \(Conv\) must have a kernel of rows and columns$",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_says_what_is_not_supported(name, tmp_path):
    nodes, constants, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        read_onnx(save(tmp_path, nodes, {**CONV, **constants}))


def test_refuses_opsets_to_come(tmp_path):
    path = save(tmp_path, [conv("c", "x", "y")], CONV, opset=99)
    with pytest.raises(ValueError, match=r"^opset of .* must be at most \d+, not 99$"):
        read_onnx(path)


def test_refuses_two_inputs(tmp_path):
    network = model([first(), node("Relu", ["t"])], CONV)
    network.graph.input.append(helper.make_tensor_value_info("z", 1, (1, 3, 8, 8)))
    onnx.save(network, tmp_path / "two.onnx")
    with pytest.raises(ValueError, match=r"^network must have one input, not 2: x, z$"):
        read_onnx(tmp_path / "two.onnx")
