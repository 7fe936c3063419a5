"""One ONNX node, with its attributes by name."""

from __future__ import annotations

from typing import Any

import onnx

__all__ = ["OnnxNode"]


def _is_foreign(node: onnx.NodeProto) -> bool:
    """Whether an operator is none of ONNX itself."""
    return node.domain not in ("", "ai.onnx")


class OnnxNode:
    """An ONNX node.

    Parameters
    ----------
    node : NodeProto
        The node.
    number : int
        Its place in the graph, which names it if it has no name.
    """

    def __init__(self, node: onnx.NodeProto, number: int):
        self.kind = f"{node.domain}.{node.op_type}" if _is_foreign(node) else node.op_type
        self.name = node.name or f"{node.op_type}_{number}"
        self.inputs = list(node.input)
        self.outputs = list(node.output)
        self._attributes = {
            attribute.name: onnx.helper.get_attribute_value(attribute)
            for attribute in node.attribute
        }

    def attribute(self, name: str, default: Any) -> Any:
        """Value of an attribute, texts as `str`."""
        value = self._attributes.get(name, default)
        return value.decode() if isinstance(value, bytes) else value

    def require(self, name: str, default: Any, *allowed: Any) -> None:
        """Raise ValueError if an attribute has a value that is not supported."""
        value = self.attribute(name, default)
        if value not in allowed:
            values = " or ".join(map(str, allowed))
            raise ValueError(f"{name} of node {self.name} must be {values}, not {value}")

    def reject(self, requirement: str) -> ValueError:
        """The error for what no attribute alone is guilty of."""
        return ValueError(f"node {self.name} ({self.kind}) must {requirement}")
