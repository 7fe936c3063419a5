"""How Crane computes a layer of which only the zeros are known."""

from __future__ import annotations

import numpy as np

from grus.compiler.choose import choose_tiling
from grus.compiler.layer import Layer
from grus.compiler.tiling import Tiling
from grus.hw.config import CraneConfig
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["fit_layer", "layer_of"]


def fit_layer(layer: SparseLayer, config: CraneConfig) -> tuple[Layer, Tiling]:
    """Find the layer's cut.

    Returns
    -------
    tuple
        The layer as of :func:`layer_of`; its cut.

    Raises
    ------
    ValueError
        If the layer does not fit the design.
    """
    computed = layer_of(layer)
    density = float(np.count_nonzero(layer.inputs)) / max(layer.inputs.size, 1)
    return computed, choose_tiling(computed, layer.inputs.shape, config, density=density)


def layer_of(layer: SparseLayer) -> Layer:
    """The layer with weights of 0 and 1, without those that run-time pruning drops."""
    return Layer(
        name=layer.name, weights=layer.effectual_weights.view(np.int8), window=layer.window
    )
