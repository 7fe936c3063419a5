"""A whole network for the accelerator: memory image, descriptors, and the host's share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.fitting import FittedLayer, fit_network
from grus.compiler.geometry import Geometry
from grus.compiler.map_formats import CutLayer, plan_maps, traffic_of
from grus.compiler.memory.image import Image, StoredMap
from grus.compiler.memory.kernels import place_kernels
from grus.compiler.memory.records import LayerPlan, Record, records_of
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.steps import HostStep, LayerStep
from grus.compiler.traffic import LayerTraffic
from grus.hw.config import CraneConfig

__all__ = ["Launch", "NetworkProgram", "compile_network", "compile_steps"]


class Launch(NamedTuple):
    """A layer on the accelerator.

    Attributes
    ----------
    step : LayerStep
        The layer.
    plan : LayerPlan
        Its tiling and maps.
    first, descriptors : int
        Its first descriptor among all, and how many it has.
    traffic : LayerTraffic
        What it moves for its tensors.
    """

    step: LayerStep
    plan: LayerPlan
    first: int
    descriptors: int
    traffic: LayerTraffic

    @property
    def target(self) -> str:
        """Tensor that it makes."""
        return self.step.target


@dataclass(frozen=True, kw_only=True)
class NetworkProgram:
    """A network, ready to run.

    Parameters
    ----------
    steps : list of Launch or HostStep
        What to do, in order.
    records : list of dict
        All descriptors, nested as their layout is.
    maps : dict of str to StoredMap
        Every tensor that is in memory.
    image : Image
        Kernels and biases, and room for the maps.
    writable : tuple of int
        First byte of the maps, and the byte behind them.
    widths : SlotWidths
        Formats of memory.
    """

    steps: list[Launch | HostStep]
    records: list[Record]
    maps: dict[str, StoredMap]
    image: Image
    writable: tuple[int, int]
    widths: SlotWidths

    def launches(self, names: Sequence[str] | None = None) -> list[Launch]:
        """Layers on the accelerator, in order; all of them if no name is given.

        Raises
        ------
        ValueError
            If a name is that of no layer on the accelerator.
        """
        launches = [step for step in self.steps if isinstance(step, Launch)]
        known = [launch.step.layer.name for launch in launches]
        for name in names or ():
            if name not in known:
                raise ValueError(f"layer must be one of {', '.join(known)}, not {name}")
        return [launch for launch in launches if names is None or launch.step.layer.name in names]


def compile_network(
    network: IntegerNetwork,
    config: CraneConfig,
    *,
    word_bytes: int,
    steal: bool = True,
    sample: Mapping[str, NDArray[np.integer]] | None = None,
) -> NetworkProgram:
    """Cut all layers into tiles, and lay operands, maps and descriptors out in memory.

    Parameters
    ----------
    network : IntegerNetwork
        The network.
    config : CraneConfig
        The design.
    word_bytes : int
        Bytes in a word of the bus.
    steal : bool
        Let idle processing elements steal.
    sample : mapping of str to ndarray of int, optional
        Tensors of a typical image: maps that encoding would not make smaller are dense, so that no
        layer moves more than with dense tensors alone. All maps are encoded if left out.

    Returns
    -------
    NetworkProgram
        Everything a run needs but the input.

    Raises
    ------
    ValueError
        If no layer fits the design; the message says why the first does not.
    """
    widths = SlotWidths(config.data_bits, config.index_bits, word_bytes)
    shapes = {name: _map_shape(shape) for name, shape in network.network.shapes.items()}
    steps = fit_network(network, shapes, config)
    return compile_steps(steps, shapes, config, widths, steal=steal, sample=sample or {})


def compile_steps(
    fitted: Iterable[FittedLayer | HostStep],
    shapes: Mapping[str, tuple[int, int, int]],
    config: CraneConfig,
    widths: SlotWidths,
    *,
    steal: bool,
    sample: Mapping[str, NDArray[np.integer]],
) -> NetworkProgram:
    """Compile steps whose tensors have these shapes; else as :func:`compile_network`."""
    image = Image()
    steps = [
        _place_kernels(step, shapes[step.step.source], config, widths, image)
        if isinstance(step, FittedLayer)
        else step
        for step in fitted
    ]
    layers = [step for step in steps if isinstance(step, CutLayer)]
    plans = plan_maps(layers, shapes, config, widths, sample)
    first = image.size
    maps = {name: StoredMap(plan, image.reserve(plan.bytes_in_all)) for name, plan in plans.items()}
    writable = (first, image.size)
    done: list[Launch | HostStep] = []
    records: list[Record] = []
    for step in steps:
        if isinstance(step, HostStep):
            done.append(step)
            continue
        source, target = maps[step.step.source], maps[step.step.target]
        plan = LayerPlan(step.geometry, step.tiling, step.kernels, source, target)
        own = records_of(plan, config, widths, image, steal=steal)
        traffic = traffic_of(step, plans, widths, sample)
        done.append(Launch(step.step, plan, len(records), len(own), traffic))
        records += own
    return NetworkProgram(
        steps=done, records=records, maps=maps, image=image, writable=writable, widths=widths
    )


def _place_kernels(
    step: FittedLayer,
    inputs_shape: tuple[int, int, int],
    config: CraneConfig,
    widths: SlotWidths,
    image: Image,
) -> CutLayer:
    geometry = Geometry.of(step.step.layer, inputs_shape)
    kernels = place_kernels(geometry, step.tiling, config.index_bits, widths, image)
    return CutLayer(step.step, geometry, step.tiling, kernels)


def _map_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    channels, rows, columns = (*shape, 1, 1)[:3]
    return channels, rows, columns
