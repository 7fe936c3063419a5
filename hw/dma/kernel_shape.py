"""Where the values of a dense resident operand lie in the patch."""

from amaranth.lib import data

from grus.hw.dma.slot_format import SlotFormat

__all__ = ["KernelShapeLayout"]


class KernelShapeLayout(data.StructLayout):
    """Positions of the values of each work-item of a tile.

    A work-item has `rows` times `taps` runs of `run` neighbouring values. Work-items of the same
    group begin at the same position of the patch.

    Members
    -------
    rows, taps : :py:`unsigned(count_bits)`
        Kernel rows, and runs in each, at least 1.
    run : :py:`unsigned(count_bits)`
        Values of a run, at least 1.
    tap_gap, row_gap : :py:`unsigned(count_bits)`
        Positions between the runs of a row, and between rows.
    start, start_step : :py:`unsigned(count_bits)`
        Position of the first work-item's first value, and how much further on that of the next
        group is.
    first_items, group_items : :py:`range(pes * resident_rows + 1)`
        Work-items of the first group that is in the tile, and of each other one, at least 1.
    """

    def __init__(self, slots: SlotFormat):
        names = ("rows", "taps", "run", "tap_gap", "row_gap", "start", "start_step")
        items = range(slots.largest_tile_segments + 1)
        super().__init__(
            dict.fromkeys(names, slots.config.count_bits)
            | {"first_items": items, "group_items": items}
        )
