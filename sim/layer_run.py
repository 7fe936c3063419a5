"""Single layers of a real network through the core, each from its true inputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.choose import fit
from grus.compiler.layer import Layer
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.steps import LayerStep, steps_of
from grus.compiler.program import Program, compile_layer, density_of
from grus.hw.config import CraneConfig
from grus.sim.account import Account, account_of
from grus.sim.core_player import faults, play
from grus.sim.simulators import Build

__all__ = [
    "LayerRun",
    "PreparedLayer",
    "choose_layers",
    "play_layer",
    "prepare_layer",
    "run_layers",
]


class PreparedLayer(NamedTuple):
    """A layer that is cut for a design.

    Attributes
    ----------
    layer : Layer
        The layer.
    program : Program
        Its tiles, from its true inputs.
    """

    layer: Layer
    program: Program


class LayerRun(NamedTuple):
    """How a layer went.

    Attributes
    ----------
    name : str
        The layer.
    shape : tuple of int
        Weights.
    result_shape : tuple of int
        Result.
    tiles : int
        Tiles that it was cut into.
    exact : bool
        Whether the result equals the golden model bit for bit.
    faults : list of str
        Contradictions in the counters, and error flags.
    account : Account
        Where the cycles went.
    """

    name: str
    shape: tuple[int, ...]
    result_shape: tuple[int, ...]
    tiles: int
    exact: bool
    faults: list[str]
    account: Account

    @property
    def passed(self) -> bool:
        """Whether all is as it must be."""
        return self.exact and not self.faults

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {**self._asdict(), "account": self.account.to_dict()}


def choose_layers(network: IntegerNetwork, names: Sequence[str] | None = None) -> list[LayerStep]:
    """Layers of a network by name, all of them if no name is given.

    Raises
    ------
    ValueError
        If there is no layer of a name.
    """
    steps = [step for step in steps_of(network) if isinstance(step, LayerStep)]
    known = [step.layer.name for step in steps]
    for name in names or ():
        if name not in known:
            raise ValueError(f"layer must be one of {', '.join(known)}, not {name}")
    return [step for step in steps if not names or step.layer.name in names]


def run_layers(
    network: IntegerNetwork,
    image: NDArray[np.integer],
    steps: Sequence[LayerStep],
    config: CraneConfig,
    design: Build,
    *,
    steal: bool = True,
) -> Iterator[LayerRun]:
    """Play layers, each from the inputs that the golden model computes for all of them at once.

    Parameters
    ----------
    network : IntegerNetwork
        The network.
    image : ndarray of int, shape (channels, rows, columns)
        Its input.
    steps : sequence of LayerStep
        Layers to play; pooling that does not fit the design is left out.
    config : CraneConfig
        The design.
    design : Build
        The same design, built.
    steal : bool
        Let idle processing elements steal.

    Returns
    -------
    iterator of LayerRun
        How each layer went; a layer is played when it is asked for.
    """
    tensors = network.run(image)
    prepared = (
        prepare_layer(step.layer, tensors[step.source], config, steal=steal) for step in steps
    )
    return (play_layer(layer, config, design) for layer in prepared)


def prepare_layer(
    layer: Layer, tensor: NDArray[np.int64], config: CraneConfig, *, steal: bool = True
) -> PreparedLayer:
    """Cut a layer for a design; pooling that does not fit is left out.

    Parameters
    ----------
    layer : Layer
        The layer.
    tensor : ndarray of int64
        What goes into it; one or three axes.
    config : CraneConfig
        The design.
    steal : bool
        Let idle processing elements steal.

    Raises
    ------
    ValueError
        If the layer does not fit the design.
    """
    shape = (*tensor.shape, 1, 1)[:3]
    inputs = tensor.reshape(shape)
    fitting, tiling, _ = fit(layer, shape, config, density=density_of(inputs))
    return PreparedLayer(layer, compile_layer(fitting, inputs, config, tiling=tiling, steal=steal))


def play_layer(
    prepared: PreparedLayer, config: CraneConfig, design: Build, **options: Any
) -> LayerRun:
    """Play a layer.

    Parameters
    ----------
    prepared : PreparedLayer
        The layer, cut for the design.
    config : CraneConfig
        The design.
    design : Build
        The same design, built.
    **options
        Further arguments of :func:`grus.sim.core_player.play`.
    """
    layer, program = prepared
    played = play(program, config, design, **options)
    return LayerRun(
        name=layer.name,
        shape=layer.weights.shape,
        result_shape=played.result.shape,
        tiles=len(program.tiles),
        exact=played.exact,
        faults=faults(played, program, config),
        account=account_of(played.counters, config),
    )
