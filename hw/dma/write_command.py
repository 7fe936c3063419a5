"""What the tensor writer is told of a tile's results, and of each of their segments."""

from amaranth.lib import data

from grus.hw.dma.map_place import map_place
from grus.hw.dma.slot_format import MAP_BITS, SlotFormat

__all__ = ["PlaceLayout", "WriteCommandLayout"]


class WriteCommandLayout(data.StructLayout):
    """Where the results of a tile go: a block of a map, as ``docs/memory.md`` has it.

    Members
    -------
    base, ..., count_row_stride
        The map's place: :func:`map_place`.
    first_part, parts : :py:`unsigned(MAP_BITS)`
        The block's first part, and segments of each of its pixels.
    length, last_length : :py:`unsigned(count_bits)`
        Values of a segment, and of the last one of each pixel of the block; at most 255 if
        encoded.
    dense : :py:`unsigned(1)`
        The map is dense; else encoded.
    first_row, rows, first_column, columns : :py:`unsigned(MAP_BITS)`
        The block's first row and column, and their numbers.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                **map_place(slots),
                "first_part": MAP_BITS,
                "parts": MAP_BITS,
                "length": slots.config.count_bits,
                "last_length": slots.config.count_bits,
                "dense": 1,
                "first_row": MAP_BITS,
                "rows": MAP_BITS,
                "first_column": MAP_BITS,
                "columns": MAP_BITS,
            }
        )


class PlaceLayout(data.StructLayout):
    """Where one segment goes.

    Members
    -------
    address : :py:`unsigned(axi.address_bits)`
        Its first byte.
    count_address : :py:`unsigned(axi.address_bits)`
        Its counter, if encoded.
    length : :py:`unsigned(count_bits)`
        Its values.
    dense : :py:`unsigned(1)`
        It is dense; else encoded.
    joins : :py:`unsigned(1)`
        It is dense, and the next one begins where it ends.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "address": slots.axi.address_bits,
                "count_address": slots.axi.address_bits,
                "length": slots.config.count_bits,
                "dense": 1,
                "joins": 1,
            }
        )
