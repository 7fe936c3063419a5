"""Small ONNX models for the tests."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def model(nodes, constants, *, shape=("N", 3, 8, 8), outputs=("y",), opset=13):
    """A model whose input is `x`; it ends in a vector if its last node is a product."""
    sizes = ["N", "a"] if nodes[-1].op_type == "Gemm" else ["N", "a", "b", "c"]
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, sizes) for name in outputs],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def save(tmp_path, *arguments, **options):
    path = tmp_path / "network.onnx"
    onnx.save(model(*arguments, **options), path)
    return path


def weights(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def conv(name, source, target, **attributes):
    inputs = [source, f"{name}.w", f"{name}.b"]
    return helper.make_node("Conv", inputs, [target], name=name, **attributes)
