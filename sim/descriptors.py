"""Descriptors as the accelerator reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grus.hw.control.descriptor import MAGIC, DescriptorLayout, descriptor_words
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.payload import nested, pack

__all__ = ["pack_records"]


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
    size = descriptor_words(slots) * slots.axi.word_bytes
    layout = DescriptorLayout(slots)
    return b"".join(
        pack(layout, nested({"magic": MAGIC, **record}), 1)[0].to_bytes(size, "little")
        for record in records
    )
