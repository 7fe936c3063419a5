"""Where a map lies in memory, as layouts tell it."""

from grus.hw.dma.slot_format import SlotFormat

__all__ = ["map_place"]


def map_place(slots: SlotFormat) -> dict[str, int]:
    """Members of a layout that tell where a map lies, as ``docs/memory.md`` has it.

    Returns
    -------
    dict
        ``base``, ``part_stride``, ``row_stride``, ``pixel_stride``: address of the map's first
        value or pair, and distances of parts, rows and pixels [bytes]; dense maps have no
        ``pixel_stride``. Values of a dense map stand at multiples of their size, all else at
        words. ``count_base``, ``count_part_stride``, ``count_row_stride``: the same of the
        counters; dense maps have none.
    """
    names = ("base", "part_stride", "row_stride", "pixel_stride")
    counter_names = ("count_base", "count_part_stride", "count_row_stride")
    return dict.fromkeys((*names, *counter_names), slots.axi.address_bits)
