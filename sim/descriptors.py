"""Descriptors as the accelerator reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from grus.hw.control.descriptor import MAGIC, DescriptorLayout, descriptor_words
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.payload import nested, pack

__all__ = ["pack_records", "record_bytes"]


def record_bytes(slots: SlotFormat) -> int:
    """Bytes that one record takes."""
    return descriptor_words(slots) * slots.axi.word_bytes


def pack_records(records: Sequence[dict[str, Any]], slots: SlotFormat) -> bytes:
    """Records one after the other, each in whole words.

    Parameters
    ----------
    records : sequence of dict
        Descriptors, nested as :class:`DescriptorLayout` is, without their magic number.
    slots : SlotFormat
        Machine and bus.

    Raises
    ------
    ValueError
        If a value does not fit its field.
    """
    fields = [nested({"magic": MAGIC, **record}) for record in records]
    paths = dict.fromkeys(path for record in fields for path in record)
    columns = {path: np.array([record.get(path, 0) for record in fields]) for path in paths}
    packed = pack(DescriptorLayout(slots), columns, len(fields))
    size = record_bytes(slots)
    return b"".join(record.to_bytes(size, "little") for record in packed)
