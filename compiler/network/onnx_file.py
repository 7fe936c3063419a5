"""Reads a network from an ONNX file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from numpy.typing import NDArray

from grus.compiler.network.network import FloatNetwork
from grus.compiler.network.onnx_node import OnnxNode
from grus.compiler.network.onnx_operators import OPERATORS
from grus.compiler.network.translation import Translation

__all__ = ["read_onnx"]

_OLDEST_OPSET = 11


def read_onnx(path: Path) -> FloatNetwork:
    """Read a network.

    Parameters
    ----------
    path : Path
        An ONNX file of opset 11 or newer with one input (batch, channels, rows, columns), whose
        batch may be symbolic; the other sizes must be numbers.

    Returns
    -------
    FloatNetwork
        The network, for a batch of one; batch normalisations are folded into the layers before
        them, paddings into the layers behind them.

    Raises
    ------
    ValueError
        If the file is no ONNX file, an operator or its attributes are not supported, a shape is
        not known, or a weight is not finite.
    """
    model = _load(path)
    graph = model.graph
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    source, shape = _source(graph, constants)
    shapes = _shapes(model, source, shape)
    translation = Translation(
        constants=constants,
        shapes=shapes,
        outputs=[output.name for output in graph.output],
        readers=Counter(name for node in graph.node for name in node.input),
    )
    with np.errstate(all="ignore"):  # what is not finite is found below
        for number, proto in enumerate(graph.node):
            node = OnnxNode(proto, number)
            OPERATORS[node.kind](translation, node)
    translation.finish()
    _require_finite(translation.parameters)
    return FloatNetwork(
        name=path.stem,
        nodes=translation.nodes,
        parameters=translation.parameters,
        source=source,
        outputs=[translation.tensor(name) for name in translation.outputs],
        shapes={name: sizes[1:] for name, sizes in shapes.items() if len(sizes) > 1},
        model=model.SerializeToString(),
    )


def _load(path: Path) -> onnx.ModelProto:
    if not path.is_file():
        raise ValueError(f"network must be an ONNX file, and there is no file {path}")
    try:
        model = onnx.load(path)
    except (DecodeError, onnx.checker.ValidationError) as error:
        raise _damaged(path, error) from error
    newest = onnx.defs.onnx_opset_version()
    opset = next((entry.version for entry in model.opset_import if not entry.domain), None)
    if opset is not None and not _OLDEST_OPSET <= opset <= newest:
        bound = f"least {_OLDEST_OPSET}" if opset < _OLDEST_OPSET else f"most {newest}"
        raise ValueError(f"opset of {path} must be at {bound}, not {opset}")
    _require_operators(model.graph)
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise _damaged(path, error) from error
    _name_apart(model.graph)
    return model


def _damaged(path: Path, error: Exception) -> ValueError:
    reason = str(error).strip().splitlines()[0]
    return ValueError(
        f"network {path} must be a whole ONNX file, and is damaged or cut short: {reason}"
    )


def _name_apart(graph: onnx.GraphProto) -> None:
    """Give every node a name of its own: parameters and layers are found by it."""
    known: set[str] = set()
    for number, node in enumerate(graph.node):
        name = OnnxNode(node, number).name
        if name in known:
            node.name = name = f"{name}_again_{number}"
        known.add(name)


def _source(
    graph: onnx.GraphProto, constants: dict[str, NDArray[np.generic]]
) -> tuple[str, tuple[int, ...]]:
    inputs = [entry for entry in graph.input if entry.name not in constants]
    if len(inputs) != 1:
        names = ", ".join(entry.name for entry in inputs) or "none"
        raise ValueError(f"network must have one input, not {len(inputs)}: {names}")
    sizes = [size.dim_value for size in inputs[0].type.tensor_type.shape.dim]
    if len(sizes) != 4 or not all(sizes[1:]):
        raise ValueError(
            f"input {inputs[0].name} must have a shape (batch, channels, rows, columns) of "
            f"numbers, but for the batch, not {sizes}: fix the dynamic sizes when you export it"
        )
    return inputs[0].name, (1, *sizes[1:])


def _shapes(
    model: onnx.ModelProto, source: str, shape: tuple[int, ...]
) -> dict[str, tuple[int, ...]]:
    """Shapes of all tensors for a batch of one; the model itself stays as it is."""
    single = onnx.ModelProto()
    single.CopyFrom(model)
    for entry in single.graph.input:
        if entry.name == source:
            for size, value in zip(entry.type.tensor_type.shape.dim, shape, strict=True):
                size.dim_value = value
    for entry in (*single.graph.output, *single.graph.value_info):
        entry.type.tensor_type.ClearField("shape")
    inferred = onnx.shape_inference.infer_shapes(single, data_prop=True).graph
    shapes = {source: shape}
    for entry in (*inferred.value_info, *inferred.output):
        sizes = tuple(size.dim_value for size in entry.type.tensor_type.shape.dim)
        if all(sizes):
            shapes[entry.name] = sizes
    return shapes


def _require_operators(graph: onnx.GraphProto) -> None:
    for number, proto in enumerate(graph.node):
        node = OnnxNode(proto, number)
        if node.kind not in OPERATORS:
            raise ValueError(
                f"operator of node {node.name} must be one of {', '.join(OPERATORS)}, not "
                f"{node.kind}"
            )


def _require_finite(parameters: dict[str, NDArray[np.float32]]) -> None:
    for name, values in parameters.items():
        if not np.isfinite(values).all():
            raise ValueError(f"{name} must be finite, and holds NaN or infinity")
