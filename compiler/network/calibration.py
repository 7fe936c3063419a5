"""From real numbers to fixed point: fractions measured on images, or given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.compiler.network.float_run import run_float_all
from grus.compiler.network.network import FloatNetwork, IntegerNetwork, Node
from grus.golden.quantisation import fraction_for, quantise, quantise_bias

__all__ = ["calibrate", "quantise_image", "with_scales"]

_LAYERS = ("conv", "gemm")
# All other operators work on numbers as they are and leave the point where it was.
_MOVE_THE_POINT = (*_LAYERS, "add", "resize2")

_RANGES = {"relu": (0.0, np.inf), "relu6": (0.0, 6.0)}


def calibrate(
    network: FloatNetwork, images: Sequence[NDArray[np.float32]], bits: int
) -> IntegerNetwork:
    """Choose the finest fractions at which no tensor of these images saturates.

    Parameters
    ----------
    network : FloatNetwork
        The network.
    images : sequence of ndarray of float32, shape (channels, rows, columns)
        What to measure on.
    bits : int
        Width of a value [bits].

    Notes
    -----
    Source: integer rules of the development networks: one power of two per tensor; tensors joined
    by operators that keep the fraction share one. Values that a ReLU or Clip behind a layer
    removes count as what it makes of them. A fraction finer than the layer's products is of no
    use, and is not chosen.
    """
    largest = _largest(network, images)
    weight_frac = {
        node["name"]: fraction_for(_magnitude(network.parameters[f"{node['name']}.weight"]), bits)
        for node in network.nodes
        if node["op"] in _LAYERS
    }
    act_frac: dict[str, int] = {}
    for group in _groups(network):
        most = max(largest[tensor] for tensor in group)
        act_frac |= dict.fromkeys(group, fraction_for(most, bits))
    _limit_to_products(network, act_frac, weight_frac)
    return _quantised(network, act_frac, weight_frac, bits)


def with_scales(network: FloatNetwork, scales: Mapping[str, Any], bits: int) -> IntegerNetwork:
    """Quantise by given fractions.

    Parameters
    ----------
    network : FloatNetwork
        The network.
    scales : mapping
        ``act_frac`` of every tensor and ``weight_frac`` of every layer [bits].
    bits : int
        Width of a value [bits].

    Raises
    ------
    ValueError
        If a fraction is missing or no integer.
    """
    tables = {}
    for table, names in (
        ("act_frac", [network.source, *(node["out"] for node in network.nodes)]),
        ("weight_frac", [node["name"] for node in network.nodes if node["op"] in _LAYERS]),
    ):
        entries = scales.get(table, {})
        wrong = [name for name in names if not isinstance(entries.get(name), int)]
        if wrong:
            raise ValueError(f"{table} of the scales must give an integer for {wrong[0]}")
        tables[table] = {name: int(entries[name]) for name in names}
    return _quantised(network, tables["act_frac"], tables["weight_frac"], bits)


def quantise_image(network: IntegerNetwork, image: NDArray[np.float32]) -> NDArray[np.int64]:
    """An image at the fraction of the network's source."""
    return quantise(image, network.act_frac[network.network.source], network.bits)


def _quantised(
    network: FloatNetwork, act_frac: dict[str, int], weight_frac: dict[str, int], bits: int
) -> IntegerNetwork:
    parameters: dict[str, NDArray[np.int64]] = {}
    for node in network.nodes:
        if node["op"] not in _LAYERS:
            continue
        name = node["name"]
        weights = network.parameters[f"{name}.weight"]
        parameters[f"{name}.weight"] = quantise(weights, weight_frac[name], bits)
        bias = network.parameters.get(f"{name}.bias")
        if bias is not None:
            scale = weight_frac[name] + act_frac[node["in"][0]]
            parameters[f"{name}.bias"] = quantise_bias(bias, scale)
    return IntegerNetwork(
        network=network,
        parameters=parameters,
        act_frac=act_frac,
        weight_frac=weight_frac,
        bits=bits,
    )


def _largest(network: FloatNetwork, images: Sequence[NDArray[np.float32]]) -> dict[str, float]:
    """Largest magnitude of each tensor that matters to what follows."""
    tensors = [network.source, *(node["out"] for node in network.nodes)]
    largest = dict.fromkeys(tensors, 0.0)
    for found in run_float_all(network, images, tensors):
        for name, values in found.items():
            low, high = _range_read(network, name)
            largest[name] = max(largest[name], _magnitude(np.clip(values, low, high)))
    return largest


def _range_read(network: FloatNetwork, tensor: str) -> tuple[float, float]:
    """What the readers of a tensor let pass; all of it, if one takes it as it is.

    A value beyond may saturate: the reader brings it to the limit, wherever it was.
    """
    readers = network.consumers(tensor)
    if not readers or tensor in network.outputs:
        return -np.inf, np.inf
    ranges = [_range(node) for node in readers]
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _range(node: Node) -> tuple[float, float]:
    if node["op"] == "clip":
        return node["low"], node["high"]
    return _RANGES.get(node["op"], (-np.inf, np.inf))


def _magnitude(values: NDArray[Any]) -> float:
    return float(np.abs(values).max(initial=0))


def _groups(network: FloatNetwork) -> list[list[str]]:
    """Tensors that must share a fraction."""
    group_of: dict[str, list[str]] = {network.source: [network.source]}
    for node in network.nodes:
        group = [node["out"]]
        if node["op"] not in _MOVE_THE_POINT:
            for tensor in node["in"]:
                if tensor not in group:
                    group += group_of[tensor]
        group_of |= dict.fromkeys(group, group)
    return list({id(group): group for group in group_of.values()}.values())


def _limit_to_products(
    network: FloatNetwork, act_frac: dict[str, int], weight_frac: dict[str, int]
) -> None:
    """Keep every requantisation a shift to the right."""
    groups = _groups(network)
    for node in network.nodes:
        if node["op"] in _LAYERS:
            finest = _finest(node, act_frac, weight_frac)
            for group in groups:
                if node["out"] in group and act_frac[node["out"]] > finest:
                    act_frac |= dict.fromkeys(group, finest)


def _finest(node: Node, act_frac: dict[str, int], weight_frac: dict[str, int]) -> int:
    return act_frac[node["in"][0]] + weight_frac[node["name"]]
