"""Patterns pruned in structures: blocks, kernels, and output channels at run time."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from grus.sim.workloads.masks import Heterogeneity, draw_weights
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["Pruning", "prune"]

_HALVINGS = 16  # of the interval in which the density of blocks is sought


@dataclass(frozen=True, kw_only=True)
class Pruning:
    """How a layer is pruned.

    Parameters
    ----------
    density : float
        Share of the weights that stay, 0 to 1.
    block_outputs : int
        Neighbouring outputs that keep or lose a weight together, 1 to 256; Cambricon-S has 16.
    kernels : float
        Share of the kernels (one input channel of one output) that have no weight left, 0 to 1.
        Kernels that the blocks have emptied count.
    dropped : float
        Share of the output channels that run-time pruning leaves out, 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If a parameter is of the wrong kind or out of range.
    """

    density: float = 0.2
    block_outputs: int = 16
    kernels: float = 0.0
    dropped: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            whole = field.name == "block_outputs"
            if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
                kind = "an integer" if whole else "a number"
                raise TypeError(f"{field.name} must be {kind}, not {value!r}")
            low, high = (1, 256) if whole else (0, 1)
            if not low <= value <= high:
                raise ValueError(f"{field.name} must be in {low}..{high}, not {value}")


def prune(
    layer: SparseLayer, pruning: Pruning, heterogeneity: Heterogeneity, seed: int
) -> SparseLayer:
    """The same layer with weights pruned in structures; its inputs stay.

    Parameters
    ----------
    layer : SparseLayer
        The layer; of its weights only the shape matters.
    pruning : Pruning
        How it is pruned.
    heterogeneity : Heterogeneity
        How uneven blocks are between channels, and between blocks of outputs.
    seed : int
        Equal seeds give equal patterns.

    Returns
    -------
    SparseLayer
        The pruned layer, synthetic.

    Notes
    -----
    Source: baselines, sections 3.1 (blocks (1,16,1,1) of Cambricon-S [S10]), 8.1(e) (kernels go by
    the largest magnitude in them, one threshold for all [S16]) and 3.2 (output channels at random).
    Magnitudes are normal; that, and the density of blocks, which is sought so that all together
    leaves the density asked for, are choices of ours [R], D-024.
    """
    draws, magnitudes, drops = np.random.default_rng(seed).spawn(3)
    sizes = np.abs(magnitudes.standard_normal(layer.weights.shape, np.float32))
    state = draws.bit_generator.state
    low, high = pruning.density, 1.0
    weights = np.zeros_like(layer.weights)
    for _ in range(_HALVINGS if pruning.kernels else 1):
        draws.bit_generator.state = state  # the same chance at every density
        middle = (low + high) / 2 if pruning.kernels else pruning.density
        blocks = _draw_blocks(draws, layer, middle, pruning.block_outputs, heterogeneity)
        weights = _prune_kernels(blocks, sizes, pruning.kernels)
        if weights.mean() < pruning.density:
            low = middle
        else:
            high = middle
    dropped = drops.permutation(len(weights)) < round(pruning.dropped * len(weights))
    return replace(
        layer,
        weights=weights,
        dropped=dropped if dropped.any() else None,
        origin=f"synthetic: {pruning}, {heterogeneity}, seed {seed}; inputs {layer.origin}",
    )


def _draw_blocks(
    rng: np.random.Generator,
    layer: SparseLayer,
    density: float,
    block_outputs: int,
    heterogeneity: Heterogeneity,
) -> NDArray[np.bool_]:
    """A pattern in which neighbouring outputs of a group are alike."""
    outputs, *others = layer.weights.shape
    of_group = outputs // layer.groups
    blocks = -(-of_group // block_outputs)
    shape = (blocks * layer.groups, others[0], others[1], others[2])
    pattern = draw_weights(rng, shape, density, heterogeneity)
    by_group = pattern.reshape(layer.groups, blocks, *others).repeat(block_outputs, axis=1)
    return by_group[:, :of_group].reshape(outputs, *others)


def _prune_kernels(
    pattern: NDArray[np.bool_], sizes: NDArray[np.float32], share: float
) -> NDArray[np.bool_]:
    """Empty the kernels whose largest weight is smallest, until a share of them is empty."""
    count = round(share * pattern.shape[0] * pattern.shape[1])
    if not count:
        return pattern
    largest = (pattern * sizes).max(axis=(2, 3))
    threshold = np.partition(largest, count - 1, axis=None)[count - 1]
    return pattern & (largest > threshold)[:, :, None, None]
