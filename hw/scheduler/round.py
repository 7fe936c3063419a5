"""What the scheduler must know of a round."""

from amaranth.lib import data

from grus.hw.config import CraneConfig

__all__ = ["RoundLayout"]


class RoundLayout(data.StructLayout):
    """One round: the strip of output columns that one broadcast serves.

    A strip is as wide as the patch has room for, often just one column. In each column a bank
    has `items` work-items, or one fewer.

    Members
    -------
    patch_half : :py:`unsigned(1)`
        Half of the broadcast buffers that holds the patch.
    resident_half, output_half : :py:`unsigned(1)`
        Halves of the resident RAM and of the output RAM.
    items : :py:`range(resident_rows + 1)`
        Work-items of a bank in one column.
    last_pe : :py:`range(pes)`
        Processing elements behind this one have one work-item fewer in each column.
    columns : :py:`range(output_words + 1)`
        Columns of the strip.
    words : :py:`range(output_words + 1)`
        Output words of the round: ``items * columns``.
    address, last_address : :py:`range(output_words)`
        Output word of the first work-item of the first and of the last column.
    column_step : :py:`range(patch_positions)`
        Distance in the patch from one column to the next.
    last_offset : :py:`range(patch_positions)`
        Distance from the first column to the last.
    steal : :py:`unsigned(1)`
        Idle processing elements may steal.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "patch_half": 1,
                "resident_half": 1,
                "output_half": 1,
                "items": range(config.resident_rows + 1),
                "last_pe": range(config.pes),
                "columns": range(config.output_words + 1),
                "words": range(config.output_words + 1),
                "address": range(config.output_words),
                "last_address": range(config.output_words),
                "column_step": range(config.patch_positions),
                "last_offset": range(config.patch_positions),
                "steal": 1,
            }
        )
