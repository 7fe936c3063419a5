"""Networks from ONNX files: each operator against onnxruntime, and what is refused."""

import numpy as np
import onnx
import pytest
from onnx import helper

from grus.compiler.network.calibration import calibrate, quantise_image, with_scales
from grus.compiler.network.float_run import run_float
from grus.compiler.network.onnx_file import read_onnx
from grus.compiler.network.steps import HostStep, LayerStep, steps_of
from tests.compiler.network.models import conv, save, weights

RNG = np.random.default_rng(5)
IMAGE = RNG.normal(size=(3, 8, 8)).astype(np.float32)
CONV = {"c.w": weights(RNG, 4, 3, 3, 3), "c.b": weights(RNG, 4)}


def node(kind, inputs, output="y", **attributes):
    return helper.make_node(kind, inputs, [output], name=kind.lower(), **attributes)


def first(**attributes):
    return conv("c", "x", "t", kernel_shape=[3, 3], **attributes)


NORM = {name: np.abs(weights(RNG, 4)) + 0.5 for name in ("gain", "shift", "mean", "variance")}
PADS = {"pads": np.array([0, 0, 1, 2, 0, 0, 2, 1])}
SLICE = {
    "from": np.array([0, 0]),
    "to": np.array([99, 99]),
    "axes": np.array([2, 3]),
    "steps": np.array([2, 2]),
    "more": np.array([0, 2, 0, 0, 0, 2, 0, 0]),
}
SUPPORTED = {
    "conv": ([conv("c", "x", "y", pads=[1, 0, 2, 1], strides=[2, 1])], {}),
    "same upper": ([conv("c", "x", "y", auto_pad="SAME_UPPER", strides=[2, 2])], {}),
    "same lower": ([conv("c", "x", "y", auto_pad="SAME_LOWER", strides=[2, 2])], {}),
    "dilated": ([conv("c", "x", "y", dilations=[2, 2], pads=[2, 2, 2, 2])], {}),
    "relu": ([first(), node("Relu", ["t"])], {}),
    "clip": (
        [first(), node("Clip", ["t", "low", "high"])],
        {"low": np.float32(0), "high": np.float32(6)},
    ),
    "norm": (
        [first(), node("BatchNormalization", ["t", *NORM], epsilon=0.5)],
        {**NORM},
    ),
    "max pool": (
        [first(), node("MaxPool", ["t"], kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)],
        {},
    ),
    "average pool": (
        [first(), node("AveragePool", ["t"], kernel_shape=[2, 2], strides=[2, 2], pads=[1] * 4)],
        {},
    ),
    "average pool with padding": (
        [
            first(),
            node("AveragePool", ["t"], kernel_shape=[2, 2], pads=[1] * 4, count_include_pad=1),
        ],
        {},
    ),
    "global average": ([first(), node("GlobalAveragePool", ["t"])], {}),
    "add": ([first(pads=[1] * 4), node("Add", ["t", "t"])], {}),
    "concat": ([first(), node("Concat", ["t", "t"], axis=1)], {}),
    "flatten and product": (
        [first(), node("Flatten", ["t"], "f"), node("Gemm", ["f", "g.w"], transB=1)],
        {"g.w": weights(RNG, 5, 144)},
    ),
    "reshape and product": (
        [first(), node("Reshape", ["t", "size"], "f"), node("Gemm", ["f", "g.w", "g.b"])],
        {"size": np.array([1, -1]), "g.w": weights(RNG, 144, 5), "g.b": weights(RNG, 5)},
    ),
    "pad": ([node("Pad", ["x", "pads"], "p"), conv("c", "p", "y")], PADS),
    "slice and pad": (
        [
            first(),
            node("Slice", ["t", "from", "to", "axes", "steps"], "s"),
            node("Pad", ["s", "more"]),
        ],
        SLICE,
    ),
    "resize": (
        [
            first(),
            node(
                "Resize",
                ["t", "", "factors"],
                mode="linear",
                coordinate_transformation_mode="half_pixel",
            ),
        ],
        {"factors": np.array([1, 1, 2, 2], np.float32)},
    ),
    "identity": ([first(), node("Identity", ["t"], "i"), node("Relu", ["i"])], {}),
}


def calibrated(folder, nodes, constants):
    """A network on 16 bits, and its tensors."""
    network = read_onnx(save(folder, nodes, {**CONV, **constants}))
    integers = calibrate(network, [IMAGE], 16)
    return integers, integers.run(quantise_image(integers, IMAGE))


@pytest.mark.parametrize("name", SUPPORTED)
def test_each_operator_is_that_of_onnx(name, tmp_path):
    integers, tensors = calibrated(tmp_path, *SUPPORTED[name])
    for output, real in run_float(integers.network, IMAGE).items():
        found = tensors[output] * 2.0 ** -integers.act_frac[output]
        np.testing.assert_allclose(found.reshape(real.shape), real, atol=2e-3 * np.abs(real).max())


@pytest.mark.parametrize("name", SUPPORTED)
def test_steps_compute_what_their_nodes_do(name, tmp_path):
    integers, tensors = calibrated(tmp_path, *SUPPORTED[name])
    steps = [step for step in steps_of(integers) if isinstance(step, LayerStep)]
    assert steps
    for step in steps:
        result = step.layer.compute(tensors[step.source], data_bits=16)
        np.testing.assert_array_equal(result.ravel(), tensors[step.target].ravel())


REFUSED = {
    "operator": (
        [node("Sigmoid", ["x"])],
        {},
        r"^operator of node sigmoid must be one of Add, .*, not Sigmoid$",
    ),
    "NaN": (
        [conv("c", "x", "y")],
        {"c.w": np.full((4, 3, 3, 3), np.nan, np.float32)},
        r"^c\.weight must be finite, and holds NaN or infinity$",
    ),
    "computed weights": (
        [node("Relu", ["x"], "c.w"), node("Conv", ["x", "c.w"])],
        {},
        r"^node conv \(Conv\) must have a constant as input 1, not c\.w$",
    ),
    "concat of rows": (
        [first(), node("Concat", ["t", "t"], axis=2)],
        {},
        r"^axis of node concat must be 1 or -3, not 2$",
    ),
    "scaled product": (
        [node("Flatten", ["x"], "f"), node("Gemm", ["f", "g.w"], alpha=2.0, transB=1)],
        {"g.w": weights(RNG, 5, 192)},
        r"^alpha of node gemm must be 1\.0, not 2\.0$",
    ),
    "pad and pool": (
        [node("Pad", ["x", "pads"], "p"), node("MaxPool", ["p"], kernel_shape=[2, 2])],
        PADS,
        r"^node maxpool \(MaxPool\) must not read p: a Pad must be followed by Conv$",
    ),
    "slice and convolution": (
        [node("Slice", ["x", "from", "to", "axes", "steps"], "s"), conv("c", "s", "y")],
        SLICE,
        r"^node c \(Conv\) must not follow a Slice or a Pad of channels$",
    ),
    "pad at the end": (
        [first(), node("Pad", ["t", "pads"])],
        PADS,
        r"^output y must not be a Slice or Pad$",
    ),
    "norm of the input": (
        [node("BatchNormalization", ["x", *NORM])],
        {name: values[:3] for name, values in NORM.items()},
        r"^node batchnormalization \(BatchNormalization\) must follow Conv or Gemm$",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_says_what_is_not_supported(name, tmp_path):
    nodes, constants, message = REFUSED[name]
    constants = {**CONV, **constants}
    if name == "computed weights":
        del constants["c.w"]
    with pytest.raises(ValueError, match=message):
        read_onnx(save(tmp_path, nodes, constants))


def test_refuses_dynamic_shapes(tmp_path):
    path = save(tmp_path, [conv("c", "x", "y")], CONV, shape=("N", 3, "rows", "columns"))
    with pytest.raises(ValueError, match=r"^input x must have a shape .* fix the dynamic sizes"):
        read_onnx(path)


def test_refuses_old_opsets(tmp_path):
    path = save(tmp_path, [conv("c", "x", "y")], CONV, opset=9)
    with pytest.raises(ValueError, match=r"^opset of .* must be at least 11, not 9$"):
        read_onnx(path)


def test_refuses_files_cut_short(tmp_path):
    path = save(tmp_path, [conv("c", "x", "y")], CONV)
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"must be a whole ONNX file, and is damaged"):
            read_onnx(path)


def test_refuses_missing_files(tmp_path):
    with pytest.raises(ValueError, match=r"^network must be an ONNX file, and there is no file"):
        read_onnx(tmp_path / "nothing.onnx")


def test_scales_must_be_complete(tmp_path):
    network = read_onnx(save(tmp_path, [conv("c", "x", "y")], CONV))
    scales = {"act_frac": {"x": 12}, "weight_frac": {"c": 12}}
    with pytest.raises(ValueError, match=r"^act_frac of the scales must give an integer for y$"):
        with_scales(network, scales, 16)
    scales["act_frac"]["y"] = 8
    assert with_scales(network, scales, 16).act_frac == {"x": 12, "y": 8}


def test_fractions_are_as_fine_as_they_can_be(tmp_path):
    nodes = [first(), node("Relu", ["t"])]
    integers = calibrate(read_onnx(save(tmp_path, nodes, CONV)), [IMAGE], 16)
    tensors = integers.run(quantise_image(integers, IMAGE))
    for name in ("x", "y"):
        assert 1 << 14 <= np.abs(tensors[name]).max() < 1 << 15
    assert integers.act_frac["t"] == integers.act_frac["y"]


def test_steps_join_what_the_core_does(tmp_path):
    nodes = [
        first(pads=[1] * 4),
        node("Relu", ["t"], "r"),
        node("MaxPool", ["r"], "p", kernel_shape=[2, 2], strides=[2, 2]),
        node("Add", ["p", "p"], "a"),
        node("Flatten", ["a"], "f"),
        node("Gemm", ["f", "g.w"], transB=1),
    ]
    constants = {**CONV, "g.w": weights(RNG, 5, 64)}
    integers = calibrate(read_onnx(save(tmp_path, nodes, constants)), [IMAGE], 16)
    joined, host, product = steps_of(integers)
    assert isinstance(joined, LayerStep)
    assert isinstance(product, LayerStep)
    assert isinstance(host, HostStep)
    assert [part["op"] for part in joined.nodes] == ["conv", "relu", "maxpool"]
    assert (product.source, product.layer.weights.shape) == ("a", (5, 4, 4, 4))
    tensors = integers.run(quantise_image(integers, IMAGE))
    for step in (joined, product):
        result = step.layer.compute(tensors[step.source], data_bits=16)
        np.testing.assert_array_equal(result.ravel(), tensors[step.target].ravel())


def test_what_others_read_is_not_joined(tmp_path):
    nodes = [first(pads=[1] * 4), node("Relu", ["t"], "r"), node("Add", ["t", "r"])]
    steps = steps_of(calibrate(read_onnx(save(tmp_path, nodes, CONV)), [IMAGE], 16))
    assert [step.target for step in steps] == ["t", "r", "y"]


def test_reading_leaves_the_file_as_it_was(tmp_path):
    path = save(tmp_path, [conv("c", "x", "y")], CONV)
    network = read_onnx(path)
    assert onnx.load_from_string(network.model) == onnx.load(path)
