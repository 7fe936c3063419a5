"""Layers of a real network with the zeros that its weights and one image have."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.steps import LayerStep, steps_of
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["real_layers"]


def real_layers(
    network: IntegerNetwork, image: NDArray[np.integer], *, products: bool = False
) -> Iterator[SparseLayer]:
    """Patterns of a network's layers for one image, by the golden model.

    Parameters
    ----------
    network : IntegerNetwork
        The network.
    image : ndarray of int, shape (channels, rows, columns)
        Its input.
    products : bool
        Whether matrix products are given too, as convolutions whose kernel is the whole map.

    Yields
    ------
    SparseLayer
        Layers in their order; `origin` says that they are real.
    """
    tensors = network.run(image)
    for step in steps_of(network):
        if not isinstance(step, LayerStep) or (step.nodes[0]["op"] == "gemm" and not products):
            continue
        layer = step.layer
        inputs = tensors[step.source]
        yield SparseLayer(
            name=layer.name,
            window=layer.window,
            weights=layer.weights != 0,
            inputs=inputs.reshape((*inputs.shape, 1, 1)[:3]) != 0,
            origin=f"real: weights and activations of {network.network.name}, one image",
        )
