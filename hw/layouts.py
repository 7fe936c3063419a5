"""What travels over the streams of a Crane machine."""

from amaranth.hdl import signed
from amaranth.lib import data, enum

from grus.hw.config import CraneConfig

__all__ = [
    "Activity",
    "BeatLayout",
    "BroadcastLayout",
    "MatchLayout",
    "OperandsLayout",
    "PairLayout",
    "ResultLayout",
    "RowLayout",
    "RowRequestLayout",
    "SumLayout",
    "TagLayout",
    "TermsLayout",
    "WorkItemLayout",
]


class Activity(enum.Enum, shape=3):
    """What a processing element does in one cycle; each cycle is exactly one of these.

    Source: the words of the project: busy, and the named losses. Multipliers that stay idle
    inside a busy cycle are counted apart, as fragmentation.
    """

    BUSY = 0
    IMBALANCE = 1
    CONFLICT = 2
    BROADCAST = 3
    RESIDENT_FETCH = 4
    OUTPUT = 5
    MEMORY = 6


class PairLayout(data.StructLayout):
    """One encoded pair.

    Members
    -------
    value : :py:`signed(data_bits)`
        The value; zero in a filler.
    zeros : :py:`unsigned(index_bits)`
        Zeros before the value.
    """

    def __init__(self, config: CraneConfig):
        super().__init__({"value": signed(config.data_bits), "zeros": config.index_bits})


class BeatLayout(data.StructLayout):
    """Some pairs of one encoded segment.

    Members
    -------
    pairs : :py:`ArrayLayout(PairLayout, lanes)`
        Lane 0 comes first. Lanes from `used` on mean nothing.
    used : :py:`range(lanes + 1)`
        How many lanes hold a pair.
    last : :py:`unsigned(1)`
        Ends the segment.
    count : :py:`unsigned(count_bits)`
        With `last`: the segment's counter, the number of its pairs.
    """

    def __init__(self, config: CraneConfig, lanes: int):
        super().__init__(
            {
                "pairs": data.ArrayLayout(PairLayout(config), lanes),
                "used": range(lanes + 1),
                "last": 1,
                "count": config.count_bits,
            }
        )


class TagLayout(data.StructLayout):
    """Where a work-item belongs.

    Members
    -------
    bank : :py:`range(group_pes)`
        Its owner: the bank of the output RAM that its sum goes to.
    half : :py:`unsigned(1)`
        Half of the output RAM.
    address : :py:`range(output_words)`
        Word in that half.
    round : :py:`unsigned(1)`
        Its round, that is the half of the broadcast buffers that holds its patch.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "bank": range(config.group_pes),
                "half": 1,
                "address": range(config.output_words),
                "round": 1,
            }
        )


class WorkItemLayout(data.StructLayout):
    """One work-item, as the scheduler hands it to a processing element.

    Members
    -------
    tag : :class:`TagLayout`
        Where the result belongs; its `bank` is also the bank that the rows are in.
    resident_half : :py:`unsigned(1)`
        Half of the resident RAM.
    first_row, last_row : :py:`range(resident_rows)`
        Its rows, both included.
    offset : :py:`range(patch_positions)`
        Added to each position: the column of the round's strip.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "tag": TagLayout(config),
                "resident_half": 1,
                "first_row": range(config.resident_rows),
                "last_row": range(config.resident_rows),
                "offset": range(config.patch_positions),
            }
        )


class RowLayout(data.StructLayout):
    """Up to `lookahead` pairs of one work-item.

    Members
    -------
    pairs : :py:`ArrayLayout(PairLayout, lookahead)`
        Pairs in order; a row that is not full ends in pairs of value zero.
    """

    def __init__(self, config: CraneConfig):
        super().__init__({"pairs": data.ArrayLayout(PairLayout(config), config.lookahead)})


class BroadcastLayout(data.StructLayout):
    """One word of the broadcast operand, on its way to all processing elements.

    Members
    -------
    half : :py:`unsigned(1)`
        Half of the broadcast buffer.
    word : :py:`range(patch_words)`
        Which word of the patch.
    enables : :py:`unsigned(broadcast_lanes)`
        Lanes to write.
    nonzero : :py:`unsigned(broadcast_lanes)`
        Lanes whose value is not zero.
    values : :py:`ArrayLayout(signed(data_bits), broadcast_lanes)`
        Values, the lowest position first.
    """

    def __init__(self, config: CraneConfig):
        lanes = config.broadcast_lanes
        super().__init__(
            {
                "half": 1,
                "word": range(config.patch_words),
                "enables": lanes,
                "nonzero": lanes,
                "values": data.ArrayLayout(signed(config.data_bits), lanes),
            }
        )


class MatchLayout(data.StructLayout):
    """Effectual pairs found for the multipliers.

    Members
    -------
    values : :py:`ArrayLayout(signed(data_bits), multipliers)`
        Resident values.
    positions : :py:`ArrayLayout(position_bits, multipliers)`
        Where in the patch the other operand lies.
    count : :py:`range(multipliers + 1)`
        Lanes in use, from lane 0 up.
    last : :py:`unsigned(1)`
        Ends the work-item.
    tag : :class:`TagLayout`
        Tag of the work-item.
    """

    def __init__(self, config: CraneConfig):
        lanes = config.multipliers
        super().__init__(
            {
                "values": data.ArrayLayout(signed(config.data_bits), lanes),
                "positions": data.ArrayLayout(config.position_bits, lanes),
                "count": range(lanes + 1),
                "last": 1,
                "tag": TagLayout(config),
            }
        )


class OperandsLayout(data.StructLayout):
    """Operands of the multipliers: `count` lanes of `resident` times `broadcast`."""

    def __init__(self, config: CraneConfig):
        lanes = data.ArrayLayout(signed(config.data_bits), config.multipliers)
        super().__init__(
            {
                "resident": lanes,
                "broadcast": lanes,
                "count": range(config.multipliers + 1),
                "last": 1,
                "tag": TagLayout(config),
            }
        )


class TermsLayout(data.StructLayout):
    """Products for the adder tree; a lane whose `keep` is 0 counts as zero."""

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "terms": data.ArrayLayout(signed(config.product_bits), config.multipliers),
                "keep": config.multipliers,
                "last": 1,
                "tag": TagLayout(config),
            }
        )


class SumLayout(data.StructLayout):
    """One sum of the adder tree."""

    def __init__(self, config: CraneConfig):
        super().__init__({"sum": signed(config.tree_bits), "last": 1, "tag": TagLayout(config)})


class ResultLayout(data.StructLayout):
    """The sum of a whole work-item, on its way to the output RAM."""

    def __init__(self, config: CraneConfig):
        super().__init__({"sum": signed(config.item_bits), "tag": TagLayout(config)})


class RowRequestLayout(data.StructLayout):
    """One read of the resident RAM.

    Members
    -------
    bank : :py:`range(group_pes)`
        Bank, that is the processing element that owns it.
    half : :py:`unsigned(1)`
        Half of the ping-pong pair.
    row : :py:`range(resident_rows)`
        Row in that half.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {"bank": range(config.group_pes), "half": 1, "row": range(config.resident_rows)}
        )
