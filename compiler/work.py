"""How much work a step is: for estimates of time, and for the host's share."""

from __future__ import annotations

from math import prod

import numpy as np

from grus.compiler.layer import Layer
from grus.compiler.network.network import IntegerNetwork, Node
from grus.hw.config import CraneConfig

__all__ = ["expected_cycles", "operations"]

_RESIZE_TERMS = 4  # neighbours that a bilinear output is made of


def operations(network: IntegerNetwork, node: Node) -> int:
    """Operations of a node on dense tensors: multiply-accumulates, additions, comparisons.

    Moving values (Concat, Flatten, padding) is no operation.
    """
    outputs = prod(network.network.shapes[node["out"]])
    kind = node["op"]
    if kind in ("conv", "gemm"):
        return outputs * prod(network.parameters[f"{node['name']}.weight"].shape[1:])
    if kind in ("maxpool", "avgpool"):
        return outputs * prod(node["kernel"])
    if kind == "gap":
        return prod(network.network.shapes[node["in"][0]])
    if kind == "resize2":
        return outputs * _RESIZE_TERMS
    return 0 if kind in ("concat", "flatten", "slicepad") else outputs


def expected_cycles(
    layer: Layer, inputs_shape: tuple[int, ...], config: CraneConfig, density: float
) -> float:
    """Cycles that a layer should take, known before anything is cut: to tell the time left.

    Parameters
    ----------
    layer : Layer
        The layer.
    inputs_shape : tuple of int
        Channels, rows, columns of its inputs.
    config : CraneConfig
        The design.
    density : float
        Share of non-zero inputs.

    Returns
    -------
    float
        The largest of: effectual pairs by multipliers, work-items by processing elements, and
        pairs to load by those of a cycle.
    """
    kernels, rows, columns = layer.map_shape(inputs_shape)
    weights = int(np.count_nonzero(layer.weights))
    pairs = weights * rows * columns * density / (config.pes * config.multipliers)
    items = kernels * rows * columns / config.pes
    loads = (weights + prod(inputs_shape) * density) / config.stream_pairs
    return float(max(pairs, items, loads))
