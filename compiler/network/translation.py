"""A graph on its way from ONNX to the words of the golden model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.compiler.network.network import Node
from grus.compiler.network.onnx_node import OnnxNode

__all__ = ["Translation"]


@dataclass(kw_only=True)
class Translation:
    """A graph while it is translated.

    Parameters
    ----------
    constants : dict of str to ndarray
        Tensors known before any image.
    shapes : dict of str to tuple of int
        Shapes with the batch axis.
    outputs : list of str
        Outputs of the graph.
    readers : Counter of str
        How many inputs of nodes read each tensor.
    nodes : list of dict
        Nodes translated so far.
    parameters : dict of str to ndarray of float32
        Their weights and biases.
    """

    constants: dict[str, NDArray[Any]]
    shapes: dict[str, tuple[int, ...]]
    outputs: list[str]
    readers: Counter[str]
    nodes: list[Node] = field(default_factory=list)
    parameters: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    _same: dict[str, str] = field(default_factory=dict)  # tensor -> the one that it repeats
    _pending: dict[str, Node] = field(default_factory=dict)  # slices and pads to be folded

    def tensor(self, name: str) -> str:
        """The tensor that stands for `name`."""
        return self._same.get(name, name)

    def repeats(self, node: OnnxNode) -> None:
        """The node's output is its input."""
        self._same[node.outputs[0]] = self.tensor(node.inputs[0])

    def constant(self, node: OnnxNode, index: int) -> NDArray[Any] | None:
        """Constant input of a node; none if it has no such input."""
        if index >= len(node.inputs) or not node.inputs[index]:
            return None
        if node.inputs[index] not in self.constants:
            raise node.reject(f"have a constant as input {index}, not {node.inputs[index]}")
        return self.constants[node.inputs[index]]

    def add(self, op: str, node: OnnxNode, *, operands: int | None = 1, **attributes: Any) -> None:
        """Append a node; its shape must be known."""
        names = [self.tensor(name) for name in node.inputs[:operands]]
        fixed = [name for name in names if name in self.constants]
        if fixed:
            raise node.reject(f"read computed tensors, not the constant {fixed[0]}")
        waiting = [name for name in names if name in self._pending]
        if waiting:
            raise node.reject(f"not read {waiting[0]}: a Pad must be followed by Conv")
        if node.outputs[0] not in self.shapes:
            raise node.reject("have an output of known shape: fix the sizes when you export it")
        self.nodes.append(
            {"op": op, "name": node.name, "in": names, "out": node.outputs[0], **attributes}
        )

    def postpone(self, node: OnnxNode, attributes: Node) -> None:
        """Keep a slice or padding until the node behind it says what it is for."""
        self._pending[node.outputs[0]] = {"from": self.tensor(node.inputs[0]), **attributes}

    def postponed(self, tensor: str) -> Node | None:
        """The slice or padding that makes a tensor."""
        return self._pending.get(tensor)

    def producer(self, tensor: str) -> Node | None:
        """The node that makes a tensor."""
        return next((node for node in self.nodes if node["out"] == tensor), None)

    def finish(self) -> None:
        """Raise ValueError if an output is a slice or padding."""
        for name in self.outputs:
            if name in self._pending:
                raise ValueError(f"output {name} must not be a Slice or Pad")
