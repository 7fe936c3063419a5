"""What each ONNX operator becomes in the words of the golden model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray

from grus.compiler.network.network import Node
from grus.compiler.network.onnx_node import OnnxNode
from grus.compiler.network.translation import Translation

__all__ = ["OPERATORS"]


def _conv(graph: Translation, node: OnnxNode) -> None:
    weights = graph.constant(node, 1)
    if weights is None or weights.ndim != 4:
        raise node.reject("have a kernel of rows and columns")
    padding = _padding(graph, node, weights.shape[2:])
    pending = graph.postponed(graph.tensor(node.inputs[0]))
    if pending is not None:
        if pending["channels"] != (0, 0) or pending["step"] != 1:
            raise node.reject("not follow a Slice or a Pad of channels")
        padding = [own + extra for own, extra in zip(padding, pending["around"], strict=True)]
        node.inputs[0] = pending["from"]
    graph.add(
        "conv",
        node,
        stride=list(node.attribute("strides", [1, 1])),
        pad=padding,
        dilation=list(node.attribute("dilations", [1, 1])),
        group=node.attribute("group", 1),
    )
    _keep_parameters(graph, node, weights)


def _keep_parameters(graph: Translation, node: OnnxNode, weights: NDArray[Any]) -> None:
    bias = graph.constant(node, 2)
    graph.parameters[f"{node.name}.weight"] = np.asarray(weights, np.float32)
    if bias is not None:
        kernels = len(graph.parameters[f"{node.name}.weight"])
        if bias.size not in (1, kernels):
            raise node.reject(
                f"have one bias, or one for each of {kernels} outputs, not {bias.shape}"
            )
        values = np.broadcast_to(np.asarray(bias, np.float32).ravel(), kernels)
        graph.parameters[f"{node.name}.bias"] = values


def _padding(graph: Translation, node: OnnxNode, kernel: tuple[int, ...]) -> list[int]:
    """(top, left, bottom, right)."""
    mode = node.attribute("auto_pad", "NOTSET")
    if mode == "NOTSET":
        return list(node.attribute("pads", [0, 0, 0, 0]))
    if mode == "VALID":
        return [0, 0, 0, 0]
    strides, dilations = node.attribute("strides", [1, 1]), node.attribute("dilations", [1, 1])
    before, after = [], []
    for axis in range(2):
        size = graph.shapes[node.inputs[0]][2 + axis]
        reach = (kernel[axis] - 1) * dilations[axis] + 1
        total = max((-(-size // strides[axis]) - 1) * strides[axis] + reach - size, 0)
        small, large = total // 2, total - total // 2
        before.append(small if mode == "SAME_UPPER" else large)
        after.append(large if mode == "SAME_UPPER" else small)
    return before + after


def _gemm(graph: Translation, node: OnnxNode) -> None:
    for name, default, allowed in (("alpha", 1.0, 1.0), ("beta", 1.0, 1.0), ("transA", 0, 0)):
        node.require(name, default, allowed)
    weights = graph.constant(node, 1)
    if weights is None:
        raise node.reject("have constant weights")
    graph.add("gemm", node)
    _keep_parameters(graph, node, weights if node.attribute("transB", 0) else weights.T)


def _batch_normalization(graph: Translation, node: OnnxNode) -> None:
    """Scale and shift the kernels of the layer before."""
    layer = graph.producer(graph.tensor(node.inputs[0]))
    if layer is None or layer["op"] not in ("conv", "gemm"):
        raise node.reject("follow Conv or Gemm")
    names = (node.inputs[0], layer["out"])  # they differ where an Identity stands between
    if any(graph.readers[name] > 1 or name in graph.outputs for name in names):
        raise node.reject(f"be the only reader of {node.inputs[0]}, so that it can be folded")
    node.require("training_mode", 0, 0)
    gain, shift, mean, variance = (
        np.asarray(graph.constant(node, index), np.float64) for index in range(1, 5)
    )
    factor = gain / np.sqrt(variance + node.attribute("epsilon", 1e-5))
    weights = graph.parameters[f"{layer['name']}.weight"]
    bias = graph.parameters.get(f"{layer['name']}.bias", np.zeros(len(weights)))
    scaled = weights * factor.reshape(-1, *[1] * (weights.ndim - 1))
    graph.parameters[f"{layer['name']}.weight"] = scaled.astype(np.float32)
    graph.parameters[f"{layer['name']}.bias"] = ((bias - mean) * factor + shift).astype(np.float32)
    layer["out"] = node.outputs[0]


def _relu(graph: Translation, node: OnnxNode) -> None:
    graph.add("relu", node)


def _clip(graph: Translation, node: OnnxNode) -> None:
    low, high = (
        float(value.item()) if (value := graph.constant(node, index)) is not None else limit
        for index, limit in ((1, -np.inf), (2, np.inf))
    )
    if not low <= high:
        raise node.reject(f"have limits with min at most max, not {low}..{high}")
    if (low, high) == (-np.inf, np.inf):
        graph.repeats(node)
    elif (low, high) == (0.0, np.inf):
        graph.add("relu", node)
    elif (low, high) == (0.0, 6.0):
        graph.add("relu6", node)
    else:
        graph.add("clip", node, low=low, high=high)


def _max_pool(graph: Translation, node: OnnxNode) -> None:
    graph.add("maxpool", node, **_pooling(graph, node))


def _average_pool(graph: Translation, node: OnnxNode) -> None:
    count_padding = node.attribute("count_include_pad", 0)
    graph.add("avgpool", node, **_pooling(graph, node), count_pad=count_padding)


def _pooling(graph: Translation, node: OnnxNode) -> Node:
    node.require("dilations", [1, 1], [1, 1])
    kernel = list(node.attribute("kernel_shape", []))
    return {
        "kernel": kernel,
        "stride": list(node.attribute("strides", [1, 1])),
        "pad": _padding(graph, node, tuple(kernel)),
        "ceil": node.attribute("ceil_mode", 0),
    }


def _global_average_pool(graph: Translation, node: OnnxNode) -> None:
    graph.add("gap", node)


def _add(graph: Translation, node: OnnxNode) -> None:
    shapes = [graph.shapes.get(name) for name in node.inputs]
    if shapes[0] != shapes[1] and not any(name in graph.constants for name in node.inputs):
        raise node.reject(f"add tensors of one shape, not {shapes[0]} and {shapes[1]}")
    graph.add("add", node, operands=2)


def _concat(graph: Translation, node: OnnxNode) -> None:
    node.require("axis", None, 1, -3)
    graph.add("concat", node, operands=None)


def _flatten(graph: Translation, node: OnnxNode) -> None:
    node.require("axis", 1, 1, 1 - len(graph.shapes.get(node.inputs[0], ())))
    graph.add("flatten", node)


def _reshape(graph: Translation, node: OnnxNode) -> None:
    shape = graph.shapes.get(node.outputs[0], ())
    if len(shape) != 2 or shape[0] != 1:
        raise node.reject(f"make a vector of each image, not {shape or 'a shape not known'}")
    graph.add("flatten", node)


def _slice(graph: Translation, node: OnnxNode) -> None:
    starts, ends = graph.constant(node, 1), graph.constant(node, 2)
    axes, steps = graph.constant(node, 3), graph.constant(node, 4)
    if starts is None or ends is None or axes is None or steps is None:
        raise node.reject("name its axes and steps")
    sizes = graph.shapes[node.inputs[0]]
    whole = not np.any(starts) and all(
        end >= sizes[axis] for axis, end in zip(axes, ends, strict=True)
    )
    if sorted(int(axis) for axis in axes) != [2, 3] or len(set(steps.tolist())) != 1 or not whole:
        raise node.reject("take each n-th row and column of the whole map")
    attributes = {"step": int(steps[0]), "channels": (0, 0), "around": (0, 0, 0, 0)}
    graph.postpone(node, attributes)


def _pad(graph: Translation, node: OnnxNode) -> None:
    node.require("mode", "constant", "constant")
    pads, value = graph.constant(node, 1), graph.constant(node, 2)
    if pads is None or len(pads) != 8 or (value is not None and np.any(value)):
        raise node.reject("pad channels, rows or columns with zeros")
    before, after = [int(pad) for pad in pads[:4]], [int(pad) for pad in pads[4:]]
    channels, around = (before[1], after[1]), (*before[2:], *after[2:])
    pending = graph.postponed(graph.tensor(node.inputs[0]))
    if before[0] or after[0] or min(*channels, *around) < 0:
        raise node.reject("pad channels, rows or columns, and not cut")
    if any(channels) and not any(around):
        step = 1 if pending is None else pending["step"]
        if pending is not None:
            node.inputs[0] = pending["from"]
        graph.add("slicepad", node, stride=step, cpad=list(channels))
    elif pending is None and not any(channels):
        graph.postpone(node, {"step": 1, "channels": channels, "around": around})
    else:
        raise node.reject("pad either channels, or rows and columns")


def _resize(graph: Translation, node: OnnxNode) -> None:
    modes = ("half_pixel", "pytorch_half_pixel")  # equal but for outputs of a single pixel
    node.require("coordinate_transformation_mode", "half_pixel", *modes)
    node.require("mode", "nearest", "linear")
    before, after = graph.shapes[node.inputs[0]], graph.shapes.get(node.outputs[0], ())
    if after != (*before[:2], 2 * before[2], 2 * before[3]):
        raise node.reject(f"double rows and columns of {before}, not make {after}")
    graph.add("resize2", node)


def _constant(graph: Translation, node: OnnxNode) -> None:
    value = node.attribute("value", None)
    if value is None:
        raise node.reject("hold a tensor")
    graph.constants[node.outputs[0]] = onnx.numpy_helper.to_array(value)


OPERATORS: dict[str, Callable[[Translation, OnnxNode], None]] = {
    "Add": _add,
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_normalization,
    "Clip": _clip,
    "Concat": _concat,
    "Constant": _constant,
    "Conv": _conv,
    "Dropout": Translation.repeats,
    "Flatten": _flatten,
    "Gemm": _gemm,
    "GlobalAveragePool": _global_average_pool,
    "Identity": Translation.repeats,
    "MaxPool": _max_pool,
    "Pad": _pad,
    "Relu": _relu,
    "Reshape": _reshape,
    "Resize": _resize,
    "Slice": _slice,
}
