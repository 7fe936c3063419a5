"""A network in the words of the golden model, before and after it becomes integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.golden.network import run_network

__all__ = ["FloatNetwork", "IntegerNetwork", "Node"]

Node = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FloatNetwork:
    """A network as its file has it.

    Parameters
    ----------
    name : str
        What reports call it.
    nodes : list of dict
        Operators in an order in which they can run, as in :func:`grus.golden.network.run_network`.
    parameters : dict of str to ndarray of float32
        ``<node>.weight`` and ``<node>.bias``.
    source : str
        Tensor that the network starts from.
    outputs : list of str
        Tensors that it ends with.
    shapes : dict of str to tuple of int
        Shape of each tensor, without the batch axis.
    model : bytes
        The file, for float runs.
    """

    name: str
    nodes: list[Node]
    parameters: dict[str, NDArray[np.float32]]
    source: str
    outputs: list[str]
    shapes: dict[str, tuple[int, ...]]
    model: bytes

    def consumers(self, tensor: str) -> list[Node]:
        """Nodes that read a tensor."""
        return [node for node in self.nodes if tensor in node["in"]]


@dataclass(frozen=True, kw_only=True)
class IntegerNetwork:
    """A network in fixed point: one power of two per tensor.

    Parameters
    ----------
    network : FloatNetwork
        The network.
    parameters : dict of str to ndarray of int64
        Weights [2^-weight_frac], and biases at accumulator scale.
    act_frac, weight_frac : dict of str to int
        Fraction of each tensor, and of the weights of each layer [bits].
    bits : int
        Width of a value [bits].
    """

    network: FloatNetwork
    parameters: dict[str, NDArray[np.int64]]
    act_frac: Mapping[str, int]
    weight_frac: Mapping[str, int]
    bits: int

    def parameters_of(self, node: Node) -> dict[str, NDArray[np.int64]]:
        """Weights and bias of a node, as far as it has any."""
        names = (f"{node['name']}.weight", f"{node['name']}.bias")
        return {name: self.parameters[name] for name in names if name in self.parameters}

    def run(self, image: NDArray[np.integer]) -> dict[str, NDArray[np.int64]]:
        """Every tensor of one image, by the golden model.

        Parameters
        ----------
        image : ndarray of int, shape (channels, rows, columns)
            Input [2^-act_frac of the source].
        """
        return run_network(
            {"nodes": self.network.nodes},
            self.parameters,
            {"act_frac": self.act_frac, "weight_frac": self.weight_frac},
            {self.network.source: image},
            bits=self.bits,
        )
