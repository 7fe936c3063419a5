"""What travels inside the reader of regions of a map."""

from amaranth.hdl import signed
from amaranth.lib import data

from grus.hw.dma.map_place import map_place
from grus.hw.dma.slot_format import MAP_BITS, SlotFormat

__all__ = ["CounterLayout", "CounterRunLayout", "MapRowLayout", "RegionLayout"]


class RegionLayout(data.StructLayout):
    """A region of a map, padding included, and where the map lies in memory.

    Members
    -------
    base, ..., count_row_stride
        The map's place: :func:`map_place`.
    parts : :py:`unsigned(MAP_BITS)`
        Parts to read, at least 1.
    length, last_length : :py:`unsigned(count_bits)`
        Channels of a part, and of the last one that is read.
    dense : :py:`unsigned(1)`
        The map's format. A row of it is one segment if a single part is read, else its pixels are.
    first_row, first_column : :py:`signed(MAP_BITS)`
        The region's first row and column; before 0 there is padding.
    rows, columns : :py:`unsigned(MAP_BITS)`
        Size of the region, at least 1 each.
    map_rows, map_columns : :py:`unsigned(MAP_BITS)`
        Size of the map; behind it there is padding.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                **map_place(slots),
                "parts": MAP_BITS,
                "length": slots.config.count_bits,
                "last_length": slots.config.count_bits,
                "dense": 1,
                "first_row": signed(MAP_BITS),
                "rows": MAP_BITS,
                "first_column": signed(MAP_BITS),
                "columns": MAP_BITS,
                "map_rows": MAP_BITS,
                "map_columns": MAP_BITS,
            }
        )


class MapRowLayout(data.StructLayout):
    """One row of one part of a region.

    Members
    -------
    dense : :py:`unsigned(1)`
        Its format.
    address, pixel_stride : :py:`unsigned(axi.address_bits)`
        Its first pixel inside the map, and, if encoded, the distance of pixels [bytes].
    whole : :py:`unsigned(1)`
        It is one segment; else each of its pixels is.
    columns : :py:`unsigned(MAP_BITS)`
        Its segments.
    before, inside : :py:`unsigned(MAP_BITS)`
        Unless whole: pixels to the left of the map, and inside it; the rest is to its right.
    zeros : :py:`unsigned(count_bits)`
        If whole: zeros to the left of the map; else 0.
    values, length : :py:`unsigned(count_bits)`
        If dense: values inside the map, and those of a pixel; else 0 and the largest counter.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "dense": 1,
                "whole": 1,
                "address": slots.axi.address_bits,
                "pixel_stride": slots.axi.address_bits,
                "columns": MAP_BITS,
                "before": MAP_BITS,
                "inside": MAP_BITS,
                "zeros": slots.config.count_bits,
                "values": slots.config.count_bits,
                "length": slots.config.count_bits,
            }
        )


class CounterRunLayout(data.StructLayout):
    """Neighbouring counters in memory.

    Members
    -------
    address : :py:`unsigned(axi.address_bits)`
        The first one's, any byte's.
    counters : :py:`unsigned(MAP_BITS)`
        How many they are, at least 1.
    length : :py:`unsigned(count_bits)`
        The largest legal one.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "address": slots.axi.address_bits,
                "counters": MAP_BITS,
                "length": slots.config.count_bits,
            }
        )


class CounterLayout(data.StructLayout):
    """One pixel's counter.

    Members
    -------
    count : :py:`unsigned(8)`
        Its pairs.
    words : :py:`range(256 // encoded_slots + 1)`
        Words that hold them.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__({"count": 8, "words": range(256 // slots.encoded_slots + 1)})
