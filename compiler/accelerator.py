"""A whole network for the accelerator: memory image, descriptors, and the host's share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.choose import fit
from grus.compiler.geometry import Geometry
from grus.compiler.layer import Layer
from grus.compiler.memory.image import Image, StoredMap
from grus.compiler.memory.maps import LARGEST_PART, MapPlan, encoded_bytes, plan_map
from grus.compiler.memory.records import LayerPlan, Record, records_of
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.steps import HostStep, LayerStep, steps_of
from grus.compiler.tiling import Tiling
from grus.hw.config import CraneConfig

__all__ = ["Launch", "NetworkProgram", "compile_network"]


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
    """

    step: LayerStep
    plan: LayerPlan
    first: int
    descriptors: int


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
        Tensors of a typical image: maps that encoding would not make smaller are stored dense.
        All maps are encoded if left out.

    Returns
    -------
    NetworkProgram
        Everything a run needs but the input.

    Raises
    ------
    ValueError
        If a layer does not fit the design; see :func:`choose_tiling`.
    """
    widths = SlotWidths(config.data_bits, config.index_bits, word_bytes)
    steps, tilings = _tile(network, config)
    image = Image()
    first = image.size
    maps = _store_maps(network, steps, tilings, config, widths, image, sample or {})
    writable = (first, image.size)
    done: list[Launch | HostStep] = []
    records: list[Record] = []
    for step in steps:
        if isinstance(step, HostStep):
            done.append(step)
            continue
        geometry = Geometry.of(step.layer, _map_shape(network, step.source))
        plan = LayerPlan(geometry, tilings[step.target], maps[step.source], maps[step.target])
        own = records_of(plan, config, widths, image, steal=steal)
        done.append(Launch(step, plan, len(records), len(own)))
        records += own
    return NetworkProgram(
        steps=done, records=records, maps=maps, image=image, writable=writable, widths=widths
    )


def _tile(
    network: IntegerNetwork, config: CraneConfig
) -> tuple[list[LayerStep | HostStep], dict[str, Tiling]]:
    """Tilings by target; pooling that does not fit goes to the host."""
    steps: list[LayerStep | HostStep] = []
    tilings: dict[str, Tiling] = {}
    for step in steps_of(network):
        if isinstance(step, HostStep):
            steps.append(step)
            continue
        shape = _map_shape(network, step.source)
        layer, tiling = fit(step.layer, shape, config, align=config.pes)
        parts = [step] if layer is step.layer else _without_pool(step, layer)
        tilings[parts[0].target] = tiling
        steps += parts
    return steps, tilings


def _without_pool(step: LayerStep, layer: Layer) -> list[LayerStep | HostStep]:
    nodes = step.nodes[:-1]
    core = LayerStep(layer=layer, source=step.source, target=nodes[-1]["out"], nodes=nodes)
    return [core, HostStep(node=step.nodes[-1])]


def _store_maps(
    network: IntegerNetwork,
    steps: list[LayerStep | HostStep],
    tilings: dict[str, Tiling],
    config: CraneConfig,
    widths: SlotWidths,
    image: Image,
    sample: Mapping[str, NDArray[np.integer]],
) -> dict[str, StoredMap]:
    """A place for every tensor that a layer reads or writes, in parts that suit all of them."""
    borders: dict[str, set[int]] = {}
    longest: dict[str, int] = {}  # slice that a layer reads
    for step in steps:
        if isinstance(step, LayerStep):
            tiling = tilings[step.target]
            slices = [piece for block in tiling.blocks for piece in block.slices]
            borders.setdefault(step.source, set()).update(piece.start for piece in slices)
            most = max(piece.length for piece in slices)
            longest[step.source] = max(longest.get(step.source, 0), most)
            blocks = {block.outputs.start for block in tiling.blocks}
            borders.setdefault(step.target, set()).update(blocks)
    maps = {}
    for tensor, starts in borders.items():
        shape = _map_shape(network, tensor)
        plan = plan_map(shape, _part(shape[0], starts, config), widths, dense=False)
        # A dense row is one segment, so a slice must be one part.
        if tensor in sample and longest.get(tensor, 0) <= plan.length:
            plan = _smaller(plan, sample[tensor].reshape(shape), widths)
        maps[tensor] = StoredMap(plan, image.reserve(plan.bytes_in_all))
    return maps


def _smaller(plan: MapPlan, values: NDArray[np.integer], widths: SlotWidths) -> MapPlan:
    """The plan itself, or a dense one if a region of this map would then be less to read."""
    shape = plan.channels, plan.rows, plan.columns
    dense = plan_map(shape, plan.length, widths, dense=True)
    return dense if dense.bytes_in_all < encoded_bytes(values, plan, widths) else plan


def _part(channels: int, starts: set[int], config: CraneConfig) -> int:
    """The longest part that begins wherever a block or a slice begins."""
    step = gcd(*starts) or channels  # 0: all begin at the map's beginning
    if step >= channels and channels <= LARGEST_PART:
        return channels
    lanes = config.pes
    sizes = range(lanes, min(step, LARGEST_PART) + 1, lanes)
    return max(size for size in sizes if step % size == 0 or step >= channels)


def _map_shape(network: IntegerNetwork, tensor: str) -> tuple[int, int, int]:
    channels, rows, columns = (*network.network.shapes[tensor], 1, 1)[:3]
    return channels, rows, columns
