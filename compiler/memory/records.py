"""The records that tell the accelerator of a layer's tiles: descriptors, and what they point at."""

from __future__ import annotations

from typing import Any, NamedTuple

from grus.compiler.descriptor import describe_tile
from grus.compiler.extent import Extent
from grus.compiler.geometry import Geometry
from grus.compiler.memory.formats import pack_biases
from grus.compiler.memory.image import Image, StoredMap
from grus.compiler.memory.kernels import Kernels
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.tiling import Block, Region, Tiling, Turn
from grus.hw.config import CraneConfig

__all__ = ["LayerPlan", "records_of"]

Record = dict[str, Any]


class LayerPlan(NamedTuple):
    """A layer, and where its kernels and maps lie.

    Attributes
    ----------
    geometry : Geometry
        The layer.
    tiling : Tiling
        How it is cut.
    kernels : dict
        Its kernels.
    source, target : StoredMap
        Its inputs and its result.
    """

    geometry: Geometry
    tiling: Tiling
    kernels: Kernels
    source: StoredMap
    target: StoredMap


def records_of(
    plan: LayerPlan, config: CraneConfig, widths: SlotWidths, image: Image, *, steal: bool = True
) -> list[Record]:
    """Descriptors of a layer, nested as their layout is; biases go into the image.

    Parameters
    ----------
    plan : LayerPlan
        The layer.
    config : CraneConfig
        The design.
    widths : SlotWidths
        Formats of memory.
    image : Image
        Takes the biases.
    steal : bool
        Let idle processing elements steal.
    """
    records: list[Record] = []
    biases: dict[Extent, Record] = {}
    for turn in plan.tiling.turns():
        outputs = turn.block.outputs
        if outputs not in biases:
            biases[outputs] = _place_biases(plan, outputs, widths, image)
        records.append(
            {
                **_record(plan, config, turn, steal=steal),
                "resident": plan.kernels[outputs, turn.channels].record,
                "biases": biases[outputs],
            }
        )
    records[0]["barrier"] = 1  # its inputs are the results of the layer before
    return records


def _place_biases(plan: LayerPlan, outputs: Extent, widths: SlotWidths, image: Image) -> Record:
    content = pack_biases(plan.geometry.layer.biases[outputs.slice()], widths)
    return {"address": image.place(content), "count": outputs.length}


def _record(plan: LayerPlan, config: CraneConfig, turn: Turn, *, steal: bool) -> Record:
    source, target = plan.source.plan, plan.target.plan
    return {
        "barrier": 0,
        "tile": describe_tile(
            plan.geometry,
            config,
            plan.tiling,
            turn,
            steal=steal,
            part=source.length,
            dense=source.dense,
            segment=target.length,
            dense_results=target.dense,
        ),
        "region": _region(plan, turn.region, turn.channels),
        "result": _result(plan, turn.block, turn.region),
    }


def _region(plan: LayerPlan, region: Region, channels: Extent) -> dict[str, int]:
    geometry, (source, address) = plan.geometry, plan.source
    rows, columns = geometry.inputs_of(region.rows, 0), geometry.inputs_of(region.columns, 1)
    first_part = channels.start // source.length
    parts = -(-channels.length // source.length)
    return {
        **_place(plan.source),
        "base": address + first_part * source.part_stride,
        "count_base": address + source.count_base + first_part * source.count_part_stride,
        "parts": parts,
        "length": min(source.length, channels.length),
        "last_length": channels.length - (parts - 1) * source.length,
        "dense": int(source.dense),
        "first_row": rows.start,
        "rows": rows.length,
        "first_column": columns.start,
        "columns": columns.length,
        "map_rows": source.rows,
        "map_columns": source.columns,
    }


def _result(plan: LayerPlan, block: Block, region: Region) -> dict[str, int]:
    target = plan.target.plan
    rows = plan.geometry.completed_rows(region.rows)
    columns = region.pooled_columns
    parts = -(-block.outputs.length // target.length)
    return {
        **_place(plan.target),
        "first_part": block.outputs.start // target.length,
        "parts": parts,
        "length": min(target.length, block.outputs.length),
        "last_length": block.outputs.length - (parts - 1) * target.length,
        "dense": int(target.dense),
        "first_row": rows.start,
        "rows": rows.length,
        "first_column": columns.start,
        "columns": columns.length,
    }


def _place(stored: StoredMap) -> dict[str, int]:
    plan = stored.plan
    return {
        "base": stored.address,
        "part_stride": plan.part_stride,
        "row_stride": plan.row_stride,
        "pixel_stride": plan.pixel_stride,
        "count_base": stored.address + plan.count_base,
        "count_part_stride": plan.count_part_stride,
        "count_row_stride": plan.count_row_stride,
    }
