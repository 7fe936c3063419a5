"""Choice of a tiling: what fits, and what promises the fewest cycles."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from grus.compiler.candidates import candidates
from grus.compiler.geometry import Geometry
from grus.compiler.layer import Layer
from grus.compiler.tiling import Tiling
from grus.golden.formats import largest_bias
from grus.hw.config import CraneConfig

__all__ = ["Fit", "choose_tiling", "fit"]


class Fit(NamedTuple):
    """A layer as it fits a design.

    Attributes
    ----------
    layer : Layer
        The layer, or the layer without its pooling.
    tiling : Tiling
        Its cut.
    reason : str
        Why the pooling does not fit; empty if nothing was left out.
    """

    layer: Layer
    tiling: Tiling
    reason: str


def choose_tiling(
    layer: Layer,
    inputs_shape: tuple[int, ...],
    config: CraneConfig,
    *,
    density: float = 0.6,
    align: int = 1,
) -> Tiling:
    """Cut a layer into tiles that fit the RAMs of a design.

    Slices and strips are tried, each with the fewest blocks that fit and the regions that load
    the fewest inputs twice; the estimate of cycles decides.

    Parameters
    ----------
    layer : Layer
        The layer.
    inputs_shape : tuple of int
        Channels, rows, columns of its inputs.
    config : CraneConfig
        The design.
    density : float
        Expected share of non-zero inputs; only the choice depends on it.
    align : int
        Slices and blocks begin at multiples of it [channels], so that maps can be stored in parts.

    Returns
    -------
    Tiling
        The cut.

    Raises
    ------
    ValueError
        If the layer cannot be computed exactly, or a single patch, kernel or row of windows does
        not fit.
    """
    _require_exact(layer, config)
    geometry = Geometry.of(layer, inputs_shape)
    fitting = list(candidates(geometry, config, density=density, align=align))
    if not fitting:
        raise ValueError(
            f"layer {layer.name}: the rows of one kernel must fit "
            f"resident_ram_bytes={config.resident_ram_bytes}, its sums and inputs "
            f"output_ram_bytes={config.output_ram_bytes}, broadcast_ram_bytes="
            f"{config.broadcast_ram_bytes} and pool_words={config.pool_words}, and do not: "
            "raise them"
        )
    return min(fitting, key=lambda candidate: candidate.cycles).tiling(config)


def fit(
    layer: Layer,
    inputs_shape: tuple[int, ...],
    config: CraneConfig,
    *,
    density: float = 0.6,
    align: int = 1,
) -> Fit:
    """Cut a layer as :func:`choose_tiling` does, without its pooling if that does not fit.

    Raises
    ------
    ValueError
        As in :func:`choose_tiling`.
    """
    try:
        tiling = choose_tiling(layer, inputs_shape, config, density=density, align=align)
        return Fit(layer, tiling, "")
    except ValueError as error:
        if layer.pool is None:
            raise
        reason = str(error)
    bare = replace(layer, pool=None)
    tiling = choose_tiling(bare, inputs_shape, config, density=density, align=align)
    return Fit(bare, tiling, reason)


def _require_exact(layer: Layer, config: CraneConfig) -> None:
    if layer.terms > config.max_terms:
        raise ValueError(
            f"layer {layer.name}: products of one output must be at most "
            f"max_terms={config.max_terms}, not {layer.terms}: raise max_terms"
        )
    limit = largest_bias(config.data_bits, config.max_terms)
    if layer.bias is not None and np.abs(layer.bias).max(initial=0) > limit:
        raise ValueError(
            f"layer {layer.name}: bias must be at most {limit}, which max_terms="
            f"{config.max_terms} allows, not {np.abs(layer.bias).max()}: raise max_terms"
        )
    pool = layer.pool
    if pool is not None and pool.kernel[0] * pool.kernel[1] > config.pool_window:
        raise ValueError(
            f"layer {layer.name}: a pooling window must have at most "
            f"pool_window={config.pool_window} elements, not "
            f"{pool.kernel[0]}x{pool.kernel[1]}: raise pool_window"
        )
