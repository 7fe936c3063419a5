"""Tile descriptors: what the core is told to do."""

from amaranth.hdl import signed
from amaranth.lib import data, enum

from grus.hw.config import CraneConfig

__all__ = [
    "EdgeLayout",
    "LoadLayout",
    "OutputLayout",
    "PoolKind",
    "PoolLayout",
    "RoundsLayout",
    "StripLayout",
    "TileLayout",
]


class PoolKind(enum.Enum, shape=2):
    """What is made of a pooling window."""

    NONE = 0
    MAX = 1
    AVERAGE = 2


class LoadLayout(data.StructLayout):
    """How a tile of the broadcast operand comes in, and where it goes in the broadcast RAM.

    Segments come part by part, in a part row by row, in a row one after the other. A tile whose
    slice is stored in several pieces has several parts; a tile stored dense may have segments of
    whole rows.

    Members
    -------
    parts, rows, segments : :py:`range(broadcast_positions + 1)`
        Parts of the tile, rows of a part, segments of a row.
    length, last_length : :py:`range(broadcast_positions + 1)`
        Positions of a segment, and of one in the last part.
    segment_step, row_step, part_step : :py:`range(broadcast_positions + 1)`
        Distance between segments, rows, parts in the broadcast RAM [positions].
    """

    def __init__(self, config: CraneConfig):
        positions = range(config.broadcast_positions + 1)
        super().__init__(
            {
                "parts": positions,
                "rows": positions,
                "segments": positions,
                "length": positions,
                "last_length": positions,
                "segment_step": positions,
                "row_step": positions,
                "part_step": positions,
            }
        )


class StripLayout(data.StructLayout):
    """The output columns that one broadcast serves.

    Members
    -------
    columns : :py:`range(output_words + 1)`
        How many.
    run : :py:`range(patch_positions + 1)`
        Neighbouring positions that one kernel row needs for all of them.
    words : :py:`range(output_words + 1)`
        Output words of the round: work-items of a bank in one column, times `columns`.
    last_offset : :py:`range(patch_positions)`
        Distance in the patch from the first column to the last.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "columns": range(config.output_words + 1),
                "run": range(config.patch_positions + 1),
                "words": range(config.output_words + 1),
                "last_offset": range(config.patch_positions),
            }
        )


class RoundsLayout(data.StructLayout):
    """The rounds of a tile: strips of columns, row after row.

    Members
    -------
    rows, strips : :py:`range(broadcast_positions + 1)`
        Output rows, and strips in each.
    strip, last_strip : :class:`StripLayout`
        All strips of a row but the last, and the last.
    strip_step, row_step : :py:`range(broadcast_positions)`
        Distance of their first positions in the broadcast RAM, modulo its size.
    kernel_rows : :py:`range(patch_positions + 1)`
        Runs of one patch.
    kernel_row_step : :py:`range(broadcast_positions)`
        Their distance in the broadcast RAM.
    patch_step : :py:`range(patch_positions)`
        Their distance in the patch.
    column_step : :py:`range(patch_positions)`
        Distance in the patch from one column to the next.
    chunk_rounds : :py:`range(output_words + 1)`
        Rounds after which a half of the output RAM is drained; the tile's end drains it too.
    """

    def __init__(self, config: CraneConfig):
        source = range(config.broadcast_positions)
        counts = range(config.broadcast_positions + 1)
        super().__init__(
            {
                "rows": counts,
                "strips": counts,
                "strip": StripLayout(config),
                "last_strip": StripLayout(config),
                "strip_step": source,
                "row_step": source,
                "kernel_rows": range(config.patch_positions + 1),
                "kernel_row_step": source,
                "patch_step": range(config.patch_positions),
                "column_step": range(config.patch_positions),
                "chunk_rounds": range(config.output_words + 1),
            }
        )


class EdgeLayout(data.StructLayout):
    """Where windows stand at the edge of a map, because of its padding.

    Members
    -------
    window : :py:`range(pool_words + 1)`
        Number of the window that begins last: padding by stride, rounded down.
    phase : :py:`range(pool_window + 1)`
        Its first element's distance from its beginning: padding modulo stride.
    place : :py:`range(pool_words + 1)`
        Its place in the pooling memory.
    """

    def __init__(self, config: CraneConfig):
        words = range(config.pool_words + 1)
        super().__init__({"window": words, "phase": range(config.pool_window + 1), "place": words})


class PoolLayout(data.StructLayout):
    """Pooling of the output rows of one tile, or of several tiles below each other.

    Members
    -------
    kind : :class:`PoolKind`
        Maximum or average; without pooling the rest means nothing.
    first, last : :py:`unsigned(1)`
        The tile holds the map's first or last row that any window covers.
    rows, columns : :py:`range(pool_words + 1)`
        Pooled rows of the map, and pooled columns of this tile.
    kernel_rows, kernel_columns : :py:`range(pool_window + 1)`
        Size of a window.
    stride_rows, stride_columns : :py:`range(pool_window + 1)`
        Distance of windows.
    top, left : :class:`EdgeLayout`
        The window that begins last in the map's first row, and in the tile's first column.
    left_padding : :py:`range(pool_window + 1)`
        Columns of the first window that lie before the tile.
    open_words : :py:`range(pool_words + 1)`
        Words of the pooled rows that are open at the same time: kernel rows by stride, rounded
        up, times `row_words`.
    row_words : :py:`range(pool_words + 1)`
        Words of the pooling memory that one pooled row takes.
    """

    def __init__(self, config: CraneConfig):
        size, words = range(config.pool_window + 1), range(config.pool_words + 1)
        super().__init__(
            {
                "kind": PoolKind,
                "first": 1,
                "last": 1,
                "rows": words,
                "columns": words,
                "kernel_rows": size,
                "kernel_columns": size,
                "stride_rows": size,
                "stride_columns": size,
                "top": EdgeLayout(config),
                "left": EdgeLayout(config),
                "left_padding": size,
                "open_words": words,
                "row_words": words,
            }
        )


class OutputLayout(data.StructLayout):
    """What the output unit does with the sums of a tile.

    Members
    -------
    rows, columns : :py:`range(broadcast_positions + 1)`
        Output rows and columns of the tile.
    shift : :py:`range(accumulator_bits - 1)`
        Requantisation.
    relu : :py:`unsigned(1)`
        Replace negative values by zero.
    ceiling : :py:`signed(data_bits)`
        Largest value that passes.
    segment_groups : :py:`range(resident_rows + 1)`
        Lane groups of one encoded segment; the last segment of a pixel may have fewer.
    dense : :py:`unsigned(1)`
        Every channel becomes a pair, zeros too, as the dense format in memory needs it.
    pool : :class:`PoolLayout`
        Pooling.
    """

    def __init__(self, config: CraneConfig):
        counts = range(config.broadcast_positions + 1)
        super().__init__(
            {
                "rows": counts,
                "columns": counts,
                "shift": range(config.accumulator_bits - 1),
                "relu": 1,
                "ceiling": signed(config.data_bits),
                "segment_groups": range(config.resident_rows + 1),
                "dense": 1,
                "pool": PoolLayout(config),
            }
        )


class TileLayout(data.StructLayout):
    """One tile: a slice of the input channels of a region, and a block of output channels.

    Members
    -------
    load_resident, load_broadcast, load_biases : :py:`unsigned(1)`
        New rows, a new region, new biases come in for this tile; else it uses those of the tile
        before.
    drain : :py:`unsigned(1)`
        The sums are complete with this tile and go to the output unit; else they stay, and the
        next tile adds to them.
    steal : :py:`unsigned(1)`
        Idle processing elements may steal.
    items : :py:`range(resident_rows + 1)`
        Output channels of a processing element, at most.
    last_pe : :py:`range(pes)`
        Owner of the block's last channel; processing elements behind it have one channel fewer.
    load : :class:`LoadLayout`
        The region.
    rounds : :class:`RoundsLayout`
        The rounds.
    output : :class:`OutputLayout`
        What becomes of the sums.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "load_resident": 1,
                "load_broadcast": 1,
                "load_biases": 1,
                "drain": 1,
                "steal": 1,
                "items": range(config.resident_rows + 1),
                "last_pe": range(config.pes),
                "load": LoadLayout(config),
                "rounds": RoundsLayout(config),
                "output": OutputLayout(config),
            }
        )
