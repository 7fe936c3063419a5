"""What memory tells the accelerator: one record per tile."""

from amaranth.hdl import Signal
from amaranth.lib import data

from grus.hw.core.tile import TileLayout
from grus.hw.dma.bias_reader import BiasCommandLayout
from grus.hw.dma.region import RegionLayout
from grus.hw.dma.resident_reader import ResidentCommandLayout
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.dma.write_command import WriteCommandLayout

__all__ = ["MAGIC", "DescriptorLayout", "descriptor_words", "is_sound"]

MAGIC = 0xC7A2  # tells a record from whatever else lies in memory; changes with its layout


class DescriptorLayout(data.StructLayout):
    """A tile, and where its operands and results lie.

    Records follow each other in memory, each padded to whole words. Parts that a tile does not
    use, by its own flags, mean nothing.

    Members
    -------
    magic : :py:`unsigned(16)`
        Always `MAGIC`.
    barrier : :py:`unsigned(1)`
        Begin only when all tiles before are finished and their results are in memory.
    tile : :class:`TileLayout`
        For the core.
    resident : :class:`ResidentCommandLayout`
        If the tile loads the resident operand.
    biases : :class:`BiasCommandLayout`
        If it drains and loads biases.
    region : :class:`RegionLayout`
        If it loads the broadcast operand.
    result : :class:`WriteCommandLayout`
        If it drains.
    """

    def __init__(self, slots: SlotFormat):
        super().__init__(
            {
                "magic": 16,
                "barrier": 1,
                "tile": TileLayout(slots.config),
                "resident": ResidentCommandLayout(slots),
                "biases": BiasCommandLayout(slots),
                "region": RegionLayout(slots),
                "result": WriteCommandLayout(slots),
            }
        )


def descriptor_words(slots: SlotFormat) -> int:
    """Words of memory that one record takes."""
    return -(-DescriptorLayout(slots).size // slots.axi.data_bits)


def is_sound(m, record):
    """Whether a record can be a descriptor at all: nothing that is counted down begins at zero."""
    tile, region = record.tile, record.region
    kernel = record.resident.kernel
    counted = [
        (1, (tile.items, tile.rounds.rows, tile.rounds.strips, tile.rounds.kernel_rows)),
        (tile.load_resident, (record.resident.words, record.resident.segments)),
        (
            tile.load_resident & record.resident.dense,
            (kernel.rows, kernel.taps, kernel.run, kernel.first_items, kernel.group_items),
        ),
        (
            tile.load_broadcast,
            (
                *(tile.load.parts, tile.load.rows, tile.load.segments, tile.load.length),
                *(region.parts, region.rows, region.columns, region.length, region.map_rows),
            ),
        ),
        (tile.drain & tile.load_biases, (record.biases.count,)),
        (tile.drain, (tile.output.rows, tile.output.columns, tile.output.segment_groups)),
    ]
    empty = Signal(len(counted))
    for index, (used, fields) in enumerate(counted):
        with m.If(used):
            for field in fields:
                with m.If(field == 0):
                    m.d.comb += empty[index].eq(1)
    return ~empty.any() & (record.magic == MAGIC)
