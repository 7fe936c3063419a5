"""Tile descriptors: the numbers that the core's state machines count by."""

from __future__ import annotations

from typing import Any

from grus.compiler.extent import Extent, share
from grus.compiler.geometry import Geometry
from grus.compiler.tiling import Block, Region, Tiling, Turn
from grus.golden.formats import signed_range
from grus.hw.config import CraneConfig

__all__ = ["describe_output", "describe_tile"]

_POOL_KINDS = {"max": 1, "average": 2}


def describe_tile(
    geometry: Geometry,
    config: CraneConfig,
    tiling: Tiling,
    turn: Turn,
    *,
    steal: bool,
    part: int | None = None,
    dense: bool = False,
    segment: int | None = None,
    dense_results: bool = False,
) -> dict[str, Any]:
    """Describe one tile as the core's tile layout has it.

    Parameters
    ----------
    geometry : Geometry
        The layer.
    config : CraneConfig
        The design.
    tiling : Tiling
        How the layer is cut.
    turn : Turn
        Which tile.
    steal : bool
        Let idle processing elements steal.
    part : int, optional
        Channels of each part of a pixel, if the slice comes in several.
    dense : bool
        The slice comes dense: if in one part, a row of pixels is one segment.
    segment : int, optional
        Channels of each segment of the result, a multiple of the processing elements; a pixel's
        results are one segment if left out.
    dense_results : bool
        Results keep their zeros, a pair for each value.

    Returns
    -------
    dict
        Nested fields, all plain integers.
    """
    block, region, channels = turn.block, turn.region, turn.channels
    items = share(block.outputs.length, config.pes)
    return {
        "items": items,
        "last_pe": (block.outputs.length - 1) % config.pes,
        "load": _load_rows(geometry, region, channels)
        if dense and (part is None or part >= channels.length)
        else _load(geometry, region, channels, part or channels.length),
        "rounds": _rounds(geometry, tiling, block, region, channels, items),
        "output": {
            **describe_output(geometry, config, tiling, region, items, segment),
            "dense": int(dense_results),
        },
        "load_resident": int(turn.loads_resident),
        "load_broadcast": 1,
        "load_biases": int(turn.loads_biases),
        "drain": int(turn.ends),
        "steal": int(steal),
    }


def _load(geometry: Geometry, region: Region, channels: Extent, part: int) -> dict[str, int]:
    columns = geometry.inputs_of(region.columns, 1).length
    parts = share(channels.length, part)
    return {
        "parts": parts,
        "rows": geometry.inputs_of(region.rows, 0).length,
        "segments": columns,
        "length": min(part, channels.length),
        "last_length": channels.length - (parts - 1) * part,
        "segment_step": channels.length,
        "row_step": columns * channels.length,
        "part_step": part if parts > 1 else 0,
    }


def _load_rows(geometry: Geometry, region: Region, channels: Extent) -> dict[str, int]:
    positions = geometry.inputs_of(region.columns, 1).length * channels.length
    return {
        "parts": 1,
        "rows": geometry.inputs_of(region.rows, 0).length,
        "segments": 1,
        "length": positions,
        "last_length": positions,
        "segment_step": 0,
        "row_step": positions,
        "part_step": 0,
    }


def _rounds(
    geometry: Geometry,
    tiling: Tiling,
    block: Block,
    region: Region,
    channels: Extent,
    items: int,
) -> dict[str, Any]:
    stride, dilation = geometry.layer.window.stride, geometry.layer.window.dilation
    row_step = geometry.inputs_of(region.columns, 1).length * channels.length
    width = tiling.strip.columns
    strips = share(region.columns.length, width)
    last = region.columns.length - (strips - 1) * width
    # Sums that wait for further slices stay in the output RAM until the region is done.
    sums_wait = len(block.slices) > 1
    # With a single strip or row the distance to the next one is never used; 0 fits any field.
    return {
        "rows": region.rows.length,
        "strips": strips,
        "strip": _strip(geometry, channels, items, width),
        "last_strip": _strip(geometry, channels, items, last),
        "strip_step": width * stride[1] * channels.length if strips > 1 else 0,
        "row_step": stride[0] * row_step if region.rows.length > 1 else 0,
        "kernel_rows": geometry.kernel[0],
        "kernel_row_step": dilation[0] * row_step if geometry.kernel[0] > 1 else 0,
        "patch_step": tiling.strip.row_step if geometry.kernel[0] > 1 else 0,
        "column_step": stride[1] * channels.length if width > 1 else 0,
        "chunk_rounds": region.rows.length * strips if sums_wait else tiling.chunk_rounds,
    }


def _strip(geometry: Geometry, channels: Extent, items: int, columns: int) -> dict[str, int]:
    return {
        "columns": columns,
        "run": geometry.columns_under(columns) * channels.length,
        "words": columns * items,
        "last_offset": (columns - 1) * geometry.layer.window.stride[1] * channels.length,
    }


def describe_output(
    geometry: Geometry,
    config: CraneConfig,
    tiling: Tiling,
    region: Region,
    items: int,
    segment: int | None,
) -> dict[str, Any]:
    """What the output unit does with the sums of a tile, as the core's tile layout has it.

    Parameters
    ----------
    geometry, config, tiling, region
        As in :func:`describe_tile`.
    items : int
        Lane groups of a position.
    segment : int, optional
        Channels of each segment of the result; all of a pixel if left out.
    """
    layer = geometry.layer
    groups = items if segment is None else min(share(segment, config.pes), items)
    highest = signed_range(config.data_bits)[1]
    return {
        "rows": region.rows.length,
        "columns": region.columns.length,
        "shift": layer.shift,
        "relu": int(layer.relu),
        "ceiling": highest if layer.ceiling is None else min(layer.ceiling, highest),
        "segment_groups": groups,
        "pool": _pool(geometry, tiling, region, items),
    }


def _pool(geometry: Geometry, tiling: Tiling, region: Region, items: int) -> dict[str, Any]:
    pool = geometry.layer.pool
    if pool is None:
        return {"kind": 0}
    pooled_rows, _ = pool.output_shape(*geometry.map_shape)
    row_words = region.pooled_columns.length * items
    padding = pool.padding[0], _left_padding(geometry, region)
    return {
        "kind": _POOL_KINDS[pool.kind],
        "first": int(region.rows.start == 0),
        "last": int(region.rows.stop == max(other.rows.stop for other in tiling.regions)),
        "rows": pooled_rows,
        "columns": region.pooled_columns.length,
        "kernel_rows": pool.kernel[0],
        "kernel_columns": pool.kernel[1],
        "stride_rows": pool.stride[0],
        "stride_columns": pool.stride[1],
        "top": _edge(padding[0], pool.stride[0], row_words),
        "left": _edge(padding[1], pool.stride[1], items),
        "left_padding": padding[1],
        "open_words": share(pool.kernel[0], pool.stride[0]) * row_words,
        "row_words": row_words,
    }


def _left_padding(geometry: Geometry, region: Region) -> int:
    """Columns of the region's first window that lie before the region."""
    pool = geometry.layer.pool
    assert pool is not None
    begin = region.pooled_columns.start * pool.stride[1] - pool.padding[1]
    return region.columns.start - begin


def _edge(padding: int, stride: int, place: int) -> dict[str, int]:
    window, phase = divmod(padding, stride)
    return {"window": window, "phase": phase, "place": window * place}
