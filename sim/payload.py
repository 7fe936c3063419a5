"""Payloads of streams as plain integers, many at a time, by the layout the RTL is built from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from amaranth.hdl import Shape
from amaranth.lib import data
from numpy.typing import NDArray

from grus.hw.description import leaves

__all__ = ["nested", "pack", "unpack"]


def pack(layout: data.Layout, columns: Mapping[str, Any], count: int) -> list[int]:
    """Pack `count` payloads.

    Parameters
    ----------
    layout : Layout
        Layout of one payload.
    columns : mapping of str to ndarray or int
        Values of the leaves, as in :func:`grus.hw.description.leaves`; what is left out is zero.
    count : int
        Payloads.

    Returns
    -------
    list of int
        One unsigned number per payload.

    Raises
    ------
    ValueError
        If a leaf does not exist, or a value does not fit its field.
    """
    fields = leaves(layout)
    bits = np.zeros((count, -(-layout.size // 8) * 8), dtype=np.uint8)
    for path, column in columns.items():
        if path not in fields:
            raise ValueError(f"column must be one of {', '.join(fields)}, not {path}")
        offset, shape = fields[path]
        values = np.broadcast_to(np.asarray(column, dtype=np.int64), (count,))
        low, high = _range(shape)
        if count and not (low <= values.min() and values.max() <= high):
            raise ValueError(f"{path} must be in {low}..{high}, not {values.min()}..{values.max()}")
        places = np.arange(shape.width, dtype=np.int64)
        bits[:, offset : offset + shape.width] = (values[:, None] >> places) & 1
    rows = np.packbits(bits, axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in rows]


def _range(shape: Shape) -> tuple[int, int]:
    if shape.signed:
        return -(1 << (shape.width - 1)), (1 << (shape.width - 1)) - 1
    return 0, (1 << shape.width) - 1


def unpack(layout: data.Layout, payloads: list[int]) -> dict[str, NDArray[np.int64]]:
    """The inverse of :func:`pack`: the values of each leaf, in the order of the payloads."""
    size = -(-layout.size // 8)
    raw = b"".join(payload.to_bytes(size, "little") for payload in payloads)
    rows = np.frombuffer(raw, dtype=np.uint8).reshape(len(payloads), size)
    bits = np.unpackbits(rows, axis=1, bitorder="little").astype(np.int64)
    columns = {}
    for path, (offset, shape) in leaves(layout).items():
        weights = np.int64(1) << np.arange(shape.width, dtype=np.int64)
        if shape.signed:
            weights[-1] = -weights[-1]
        columns[path] = bits[:, offset : offset + shape.width] @ weights
    return columns


def nested(values: Mapping[str, Any], prefix: str = "") -> dict[str, int]:
    """Columns for one payload from nested dictionaries of fields."""
    columns: dict[str, int] = {}
    for key, value in values.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(value, Mapping):
            columns |= nested(value, path)
        else:
            columns[path] = value
    return columns
