"""From a layer in memory to the machine that plays it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.compiler.dense_kernels import kernel_values
from grus.compiler.extent import Extent
from grus.compiler.memory.maps import MapPlan
from grus.compiler.memory.records import LayerPlan, Record
from grus.compiler.packing import pack_kernels
from grus.golden.segments import encode_segments
from grus.hw.config import CraneConfig
from grus.sim.cycle.core.engine import new_engine
from grus.sim.cycle.core.machine import room_for_hits
from grus.sim.cycle.dma.core import new_core
from grus.sim.cycle.dma.output import new_output
from grus.sim.cycle.dma.play import CONTROL_FIELDS
from grus.sim.cycle.dma.pooling import POOLING_FIELDS
from grus.sim.cycle.dma.queues import new_queues
from grus.sim.cycle.dma.read import new_ports, new_reader
from grus.sim.cycle.dma.resident import new_resident
from grus.sim.cycle.dma.rows import ROWS_FIELDS
from grus.sim.cycle.dma.segments import new_segments
from grus.sim.cycle.dma.send import new_sender
from grus.sim.cycle.dma.state import Accelerator, Bus, Walk
from grus.sim.cycle.dma.tensor import TENSOR_FIELDS
from grus.sim.cycle.dma.tiles import NAMES
from grus.sim.cycle.dma.write import WRITER_FIELDS
from grus.sim.cycle.tables.array import array_of
from grus.sim.cycle.tables.layer import Tables

__all__ = ["make_accelerator"]

_SEGMENT_GROUPS = 15  # field of an output shape
_MEMORY_BURSTS = 64  # that memory may hold, more than it ever does


def make_accelerator(
    plan: LayerPlan,
    records: list[Record],
    tables: Tables,
    inputs: NDArray[np.bool_],
    config: CraneConfig,
    bus: Bus,
    *,
    one_by_one: bool,
    warm: bool,
) -> tuple[Accelerator, Walk]:
    """A machine at rest, in front of a layer.

    Parameters
    ----------
    plan, records : LayerPlan, list of dict
        The layer in memory, and its descriptors.
    tables : Tables
        The same for the array.
    inputs : ndarray of bool, shape (channels, rows, columns)
        Where inputs are not zero.
    config, bus : CraneConfig, Bus
        The machine.
    one_by_one : bool
        Play the array element by element, too.
    warm : bool
        The machine has computed a layer before.
    """
    layer = tables.layer
    places, kernels = _kernels(plan, config)
    tiles = _tiles(plan, records, places)
    rounds = layer.regions[:, 1] * layer.regions[:, 2]
    most = int((layer.blocks[:, 2][:, None] * rounds).sum())
    hits = room_for_hits(layer, tables.work, config.pes)
    queues, entries = new_queues(bus.outstanding)
    ports, rings = new_ports(bus)
    walk = Walk(
        new_engine(array_of(config), tables.work, one_by_one, hits, most),
        layer._replace(shapes=_shapes(layer.shapes, records, tiles)),
    )
    machine = Accelerator(
        bus=bus,
        tiles=tiles,
        counts=_counts(plan.source.plan, inputs, config.index_bits),
        inputs=np.ascontiguousarray(np.moveaxis(inputs, 0, -1)),
        kernels=kernels,
        queues=queues,
        entries=entries,
        ports=ports,
        rings=rings,
        bursts=np.zeros((2, _MEMORY_BURSTS, 2), np.int64),
        read=new_reader(bus),
        control=np.zeros(CONTROL_FIELDS, np.int64),
        resident=new_resident(warm),
        rows=np.zeros(ROWS_FIELDS, np.int64),
        tensor=np.zeros(TENSOR_FIELDS, np.int64),
        segments=new_segments(warm),
        core=new_core(warm),
        output=new_output(warm),
        pooling=np.zeros(POOLING_FIELDS, np.int64),
        writer=np.zeros(WRITER_FIELDS, np.int64),
        send=new_sender(),
    )
    return machine, walk


def _kernels(
    plan: LayerPlan, config: CraneConfig
) -> tuple[dict[tuple[Extent, Extent], int], NDArray[np.int64]]:
    """Where each block's kernels on a slice stand in the table, and the table."""
    layer, strip = plan.geometry.layer, plan.tiling.strip
    places: dict[tuple[Extent, Extent], int] = {}
    pieces, place = [], 0
    for where, stored in plan.kernels.items():
        if stored.record["dense"]:
            piece = (kernel_values(layer, *where) != 0).reshape(-1).astype(np.int64)
        else:
            piece = pack_kernels(layer, *where, strip, index_bits=config.index_bits).counters
        places[where] = place
        place += len(piece)
        pieces.append(piece)
    return places, np.concatenate(pieces)


def _tiles(
    plan: LayerPlan, records: list[Record], places: dict[tuple[Extent, Extent], int]
) -> NDArray[np.int64]:
    """Descriptors with what else the model must know."""
    tiles = np.zeros((len(records), len(NAMES)), np.int64)
    blocks, regions = plan.tiling.blocks, plan.tiling.regions
    first_loads = np.cumsum([0, *(len(block.slices) for block in blocks)])
    for number, (record, turn) in enumerate(zip(records, plan.tiling.turns(), strict=True)):
        block = blocks.index(turn.block)
        known = {
            "kernels": places[turn.block.outputs, turn.channels],
            "channel": turn.channels.start,
            "part": turn.channels.start // plan.source.plan.length,
            "block": block,
            "region_number": regions.index(turn.region),
            "load_number": int(first_loads[block]) + turn.block.slices.index(turn.channels),
        }
        tiles[number] = [known[name] if name in known else _field(record, name) for name in NAMES]
    return tiles


def _field(record: Record, path: str) -> int:
    found: Any = record
    for name in path.split("."):
        found = found[name]
    return int(found)


def _shapes(
    shapes: NDArray[np.int64], records: list[Record], tiles: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Output shapes with the segments that the map in memory has."""
    found = shapes.copy()
    block, region = NAMES.index("block"), NAMES.index("region_number")
    for record, tile in zip(records, tiles, strict=True):
        groups = record["tile"]["output"]["segment_groups"]
        found[tile[block], tile[region], _SEGMENT_GROUPS] = groups
    return found


def _counts(plan: MapPlan, inputs: NDArray[np.bool_], index_bits: int) -> NDArray[np.int64]:
    """Pairs of each pixel, part by part."""
    if plan.dense:
        return np.zeros((1, 1, 1), np.int64)
    pixels = np.moveaxis(inputs, 0, -1).reshape(-1, plan.channels).astype(np.int64)
    return np.stack(
        [
            encode_segments(
                pixels[:, part * plan.length : (part + 1) * plan.length], index_bits=index_bits
            ).counters.reshape(plan.rows, plan.columns)
            for part in range(plan.parts)
        ]
    )
