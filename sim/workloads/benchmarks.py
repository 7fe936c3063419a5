"""The benchmark networks: exact shapes, published densities, drawn patterns."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np

from grus.golden.window import Window
from grus.sim.workloads.masks import UNEVEN, Heterogeneity, draw_inputs, draw_weights
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["NETWORKS", "Shape", "density_sets", "draw_network", "shapes_of", "title_of"]

NETWORKS = ("alexnet", "vgg16", "googlenet", "resnet50", "mobilenet")


class Shape(NamedTuple):
    """A convolution of a benchmark network; maps, strides and padding are symmetric.

    Attributes
    ----------
    name : str
        The layer.
    channels, rows, columns : int
        Inputs.
    outputs, kernel_rows, kernel_columns : int
        Kernels.
    stride, padding, groups : int
        How the kernels move, both ways alike.
    """

    name: str
    channels: int
    rows: int
    columns: int
    outputs: int
    kernel_rows: int
    kernel_columns: int
    stride: int
    padding: int
    groups: int

    @property
    def window(self) -> Window:
        """How the kernels move."""
        top, left, bottom, right = [self.padding] * 4
        return Window(
            stride=(self.stride, self.stride),
            padding=(top, left, bottom, right),
            groups=self.groups,
        )

    @property
    def inputs_shape(self) -> tuple[int, int, int]:
        """Channels, rows, columns."""
        return self.channels, self.rows, self.columns

    @property
    def weights_shape(self) -> tuple[int, int, int, int]:
        """Outputs, channels of a group, kernel rows, kernel columns."""
        return self.outputs, self.channels // self.groups, self.kernel_rows, self.kernel_columns


class _Density(NamedTuple):
    weights: float
    inputs: float
    source: str


def title_of(network: str) -> str:
    """The network's name in reports."""
    return str(_network(network)["title"])


def shapes_of(network: str) -> list[Shape]:
    """Convolutions of a network in their order.

    Parameters
    ----------
    network : str
        One of `NETWORKS`.

    Raises
    ------
    ValueError
        If there is no such network.
    """
    return [Shape(*layer) for layer in _network(network)["layers"]]


def density_sets(network: str) -> list[str]:
    """Names of the published densities of a network; the first is the default."""
    _network(network)
    return list(_read("densities.toml")[network])


def draw_network(
    network: str,
    *,
    densities: str | None = None,
    heterogeneity: Heterogeneity = UNEVEN,
    seed: int = 0,
) -> Iterator[SparseLayer]:
    """Draw the patterns of a network's convolutions.

    Parameters
    ----------
    network : str
        One of `NETWORKS`.
    densities : str, optional
        One of :func:`density_sets`.
    heterogeneity : Heterogeneity
        How uneven the patterns are.
    seed : int
        Equal seeds give equal patterns, for each layer on its own.

    Yields
    ------
    SparseLayer
        One layer at a time, so that a whole network need not be held; `origin` says that it is
        synthetic, and where its densities come from.

    Raises
    ------
    ValueError
        If there is no such network or no such set of densities.

    Notes
    -----
    Source: baselines, sections 7 and 8.1.
    """
    for number, shape in enumerate(shapes_of(network)):
        density = _densities(network, densities)[shape.name]
        rngs = np.random.default_rng((seed, number)).spawn(2)
        yield SparseLayer(
            name=shape.name,
            window=shape.window,
            weights=draw_weights(rngs[0], shape.weights_shape, density.weights, heterogeneity),
            inputs=draw_inputs(rngs[1], shape.inputs_shape, density.inputs, heterogeneity),
            origin=f"synthetic: {heterogeneity}, seed {seed}, {density.source}",
        )


def _network(name: str) -> dict[str, Any]:
    if name not in NETWORKS:
        raise ValueError(f"network must be one of {', '.join(NETWORKS)}, not {name}")
    return dict(_read("networks.toml")[name])


@cache
def _densities(network: str, name: str | None) -> dict[str, _Density]:
    """Densities by layer, of the set of that name or else the first."""
    sets = density_sets(network)
    if name is not None and name not in sets:
        raise ValueError(f"densities of {network} must be one of {', '.join(sets)}, not {name}")
    chosen = _read("densities.toml")[network][name or sets[0]]
    found = {}
    for kind, remark in (
        ("published", f"densities published by {chosen['source']}"),
        ("reconstructed", f"densities reconstructed: {chosen.get('rule')}"),
    ):
        for layer, (weights, inputs) in chosen.get(kind, {}).items():
            found[layer] = _Density(weights, inputs, remark)
    return found


@cache
def _read(file: str) -> dict[str, Any]:
    return tomllib.loads((files("grus.sim.workloads") / file).read_text(encoding="utf-8"))
