"""Which steps of a network the design can do, and how it cuts them; the host does the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from grus.compiler.choose import fit
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.steps import HostStep, LayerStep, on_host, steps_of
from grus.compiler.tiling import Tiling
from grus.hw.config import CraneConfig

__all__ = ["FittedLayer", "fit_network", "fit_step"]

Shape = tuple[int, int, int]


class FittedLayer(NamedTuple):
    """A layer that fits, and how it is cut.

    Attributes
    ----------
    step : LayerStep
        The layer, and the tensors that it reads and writes.
    tiling : Tiling
        How it is cut.
    """

    step: LayerStep
    tiling: Tiling


def fit_network(
    network: IntegerNetwork, shapes: Mapping[str, Shape], config: CraneConfig
) -> list[FittedLayer | HostStep]:
    """Cut all layers; layers and poolings that do not fit go to the host, with the reason.

    Parameters
    ----------
    network : IntegerNetwork
        The network.
    shapes : mapping of str to tuple of int
        Channels, rows, columns of its tensors.
    config : CraneConfig
        The design.

    Raises
    ------
    ValueError
        If no layer fits the design; the message says why the first does not.
    """
    steps: list[FittedLayer | HostStep] = []
    reasons: list[str] = []
    for step in steps_of(network):
        if isinstance(step, HostStep):
            steps.append(step)
            continue
        try:
            steps += fit_step(step, shapes[step.source], config)
        except ValueError as error:
            reasons.append(str(error))
            steps += on_host(network, step, reasons[-1])
    if not any(isinstance(step, FittedLayer) for step in steps):
        reason = reasons[0] if reasons else "there is no Conv and no Gemm"
        raise ValueError(
            f"network {network.network.name} must have a layer that fits {config.name}, and has "
            f"none: {reason}"
        )
    return steps


def fit_step(
    step: LayerStep, inputs_shape: Shape, config: CraneConfig
) -> Sequence[FittedLayer | HostStep]:
    """Cut a layer; its pooling is a step of its own where it does not fit.

    Raises
    ------
    ValueError
        If the layer does not fit even so; see :func:`choose_tiling`.
    """
    layer, tiling, reason = fit(step.layer, inputs_shape, config, align=config.pes)
    if not reason:
        return [FittedLayer(step, tiling)]
    *nodes, pooling = step.nodes
    bare = LayerStep(layer=layer, source=step.source, target=nodes[-1]["out"], nodes=nodes)
    return [FittedLayer(bare, tiling), HostStep(node=pooling, reason=reason)]
