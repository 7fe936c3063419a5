"""A single layer as it lies in the accelerator's memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.accelerator import Launch, NetworkProgram, compile_steps
from grus.compiler.choose import choose_tiling
from grus.compiler.fitting import FittedLayer
from grus.compiler.layer import Layer
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.network.steps import LayerStep
from grus.compiler.program import density_of
from grus.hw.dma.slot_format import SlotFormat

__all__ = ["PlacedLayer", "place_layer"]


class PlacedLayer(NamedTuple):
    """A layer in memory.

    Attributes
    ----------
    program : NetworkProgram
        Memory, with this layer alone.
    launch : Launch
        The layer.
    """

    program: NetworkProgram
    launch: Launch


def place_layer(
    layer: Layer,
    inputs: NDArray[np.integer],
    results: NDArray[np.integer],
    slots: SlotFormat,
    *,
    steal: bool = True,
    smaller: bool = True,
) -> PlacedLayer:
    """Lay a layer out in memory.

    Parameters
    ----------
    layer : Layer
        The layer.
    inputs, results : ndarray of int, shape (channels, rows, columns)
        Its inputs and its result; only their zeros matter.
    slots : SlotFormat
        Machine and bus.
    steal : bool
        Let idle processing elements steal.
    smaller : bool
        Maps that encoding would not make smaller are dense; else all are encoded.

    Raises
    ------
    ValueError
        If the layer does not fit the design; see :func:`choose_tiling`.
    """
    config = slots.config
    widths = SlotWidths(config.data_bits, config.index_bits, slots.axi.word_bytes)
    tensors = {"inputs": inputs, "results": results}
    density = density_of(inputs)
    tiling = choose_tiling(layer, inputs.shape, config, density=density, align=config.pes)
    step = LayerStep(layer=layer, source="inputs", target="results", nodes=[])
    program = compile_steps(
        [FittedLayer(step, tiling)],
        {name: tensor.shape for name, tensor in tensors.items()},
        config,
        widths,
        steal=steal,
        sample=tensors if smaller else {},
    )
    return PlacedLayer(program, program.launches()[0])
