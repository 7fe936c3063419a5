"""The parameters of a design, their ranges, and every number that follows from them.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from grus.golden.formats import accumulator_bits
from grus.hw.checks import require, require_power_of_two, require_ranges

__all__ = ["CraneConfig", "ceil_log2"]


def ceil_log2(values: int) -> int:
    """Bits that tell `values` things apart, at least one."""
    return max(1, (values - 1).bit_length())


@dataclass(frozen=True, kw_only=True)
class CraneConfig:
    """Parameters of one Crane machine.

    The array knows a *broadcast operand* and a *resident operand*. In the input-sharing data flow
    patches of activations are broadcast and weights are resident, so the resident RAM is the
    paper's Weight RAM and the broadcast RAM its Input RAM.

    Every RAM works ping-pong; a size below is that of one half. The hardware holds two.

    Parameters
    ----------
    name : str
        What reports call this design.
    data_bits : int
        Width of a value [bits], two's complement, 4 to 16.
    index_bits : int
        Width of a zero count [bits], 1 to 8.
    accumulator_bits : int
        Width of a partial sum in the output RAM [bits]; must hold `max_terms` products and a bias.
    max_terms : int
        Products in one output of the largest layer that is admitted
        [input channels of a group x kernel rows x kernel columns].
    pes : int
        Processing elements, 2 to 64.
    group_pes : int
        Processing elements that steal from each other; divides `pes`, at least 2.
    multipliers : int
        Multipliers of one processing element, 2 to 64.
    lookahead : int
        Pairs of the resident operand that a processing element takes in one cycle, 2 to 256;
        a multiple of `stream_pairs`.
    patch_positions : int
        Positions of the broadcast operand that a processing element holds per round; a multiple
        of `broadcast_lanes`, up to 4096.
    broadcast_lanes : int
        Positions broadcast in one cycle; a power of two, 4 to 128.
    stream_pairs : int
        Pairs in one beat of an encoded stream into the core, 1 to 16.
    resident_ram_bytes, broadcast_ram_bytes, output_ram_bytes : int
        RAM sizes of the whole machine [bytes]. A resident row counts its pairs, a broadcast word
        its values, an output word its partial sum.
    pool_words : int
        Words of the pooling memory, one value of each lane a word, 2 to 4096.
    pool_window : int
        Most elements that one pooling window may cover, 4 to 4096.
    counter_bits : int
        Width of a performance counter [bits], 16 to 64.

    Raises
    ------
    TypeError
        If a parameter is of the wrong kind.
    ValueError
        If a parameter is out of range, or parameters do not fit each other.
    """

    name: str = "custom"
    data_bits: int = 16
    index_bits: int = 4
    accumulator_bits: int = 48
    max_terms: int = 32768
    pes: int = 16
    group_pes: int = 16
    multipliers: int = 16
    lookahead: int = 64
    patch_positions: int = 576
    broadcast_lanes: int = 64
    stream_pairs: int = 8
    resident_ram_bytes: int = 40 * 1024
    broadcast_ram_bytes: int = 10 * 1024
    output_ram_bytes: int = 8 * 1024
    pool_words: int = 256
    pool_window: int = 256
    counter_bits: int = 40

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise TypeError(f"name must be a text of at least one character, not {self.name!r}")
        require_ranges(self, _RANGES)
        require(
            self.pes % self.group_pes == 0,
            f"group_pes must divide pes={self.pes}, not {self.group_pes}",
        )
        require(
            self.lookahead % self.stream_pairs == 0,
            f"lookahead must be a multiple of stream_pairs={self.stream_pairs}, "
            f"not {self.lookahead}",
        )
        require(
            self.lookahead >= self.multipliers,
            f"lookahead must be at least multipliers={self.multipliers}, not {self.lookahead}",
        )
        require_power_of_two("broadcast_lanes", self.broadcast_lanes)
        require(
            self.patch_positions % self.broadcast_lanes == 0,
            f"patch_positions must be a multiple of broadcast_lanes={self.broadcast_lanes}, "
            f"not {self.patch_positions}",
        )
        needed = accumulator_bits(self.data_bits, self.max_terms)
        require(
            self.accumulator_bits >= needed,
            f"accumulator_bits must be at least {needed} for max_terms={self.max_terms} products "
            f"of data_bits={self.data_bits}, not {self.accumulator_bits}: raise it or lower "
            "max_terms",
        )
        self._require_rams()

    def _require_rams(self) -> None:
        for size, needed, what in (
            ("resident_ram_bytes", 2 * self.pes * self.row_pair_bits, "2 rows per PE"),
            ("broadcast_ram_bytes", 4 * self.broadcast_lanes * self.data_bits, "4 words"),
            ("output_ram_bytes", 4 * self.pes * self.accumulator_bits, "4 sums per PE"),
        ):
            require(
                getattr(self, size) * 8 >= needed,
                f"{size} must be at least {-(-needed // 8)}, which holds {what}, "
                f"not {getattr(self, size)}",
            )

    # Operands

    @property
    def pair_bits(self) -> int:
        """Width of one encoded pair [bits]."""
        return self.data_bits + self.index_bits

    @property
    def largest_run(self) -> int:
        """Most zeros that one pair can count."""
        return (1 << self.index_bits) - 1

    @property
    def position_bits(self) -> int:
        """Width of a position inside the patch [bits]."""
        return ceil_log2(self.patch_positions)

    @property
    def patch_words(self) -> int:
        """Broadcast words that fill one patch."""
        return self.patch_positions // self.broadcast_lanes

    @property
    def count_bits(self) -> int:
        """Width of a segment's counter [bits]: at most one pair for each position."""
        return max(self.patch_positions, self.broadcast_positions).bit_length()

    @property
    def lane_bits(self) -> int:
        """Bits of a position that tell its lane."""
        return ceil_log2(self.broadcast_lanes)

    # RAMs

    @property
    def row_pair_bits(self) -> int:
        """Width of the pairs of one resident row [bits]."""
        return self.lookahead * self.pair_bits

    @property
    def resident_rows(self) -> int:
        """Rows in one half of one bank of the resident RAM."""
        return self.resident_ram_bytes * 8 // (self.pes * self.row_pair_bits)

    @property
    def broadcast_words(self) -> int:
        """Words in one half of the broadcast RAM; even, because two banks interleave them."""
        return self.broadcast_ram_bytes * 8 // (self.broadcast_lanes * self.data_bits) // 2 * 2

    @property
    def broadcast_positions(self) -> int:
        """Positions in one half of the broadcast RAM."""
        return self.broadcast_words * self.broadcast_lanes

    @property
    def output_words(self) -> int:
        """Partial sums in one half of one bank of the output RAM."""
        return self.output_ram_bytes * 8 // (self.pes * self.accumulator_bits)

    # Arithmetic

    @property
    def product_bits(self) -> int:
        """Width of one product [bits]."""
        return 2 * self.data_bits

    @property
    def tree_levels(self) -> int:
        """Adder levels of the adder tree."""
        return (self.multipliers - 1).bit_length()

    @property
    def tree_bits(self) -> int:
        """Width of the adder tree's sum [bits]."""
        return self.product_bits + self.tree_levels

    @property
    def item_bits(self) -> int:
        """Width of a work-item's sum [bits]: exact for a whole patch of extreme products."""
        largest = self.patch_positions << (2 * self.data_bits - 2)
        return largest.bit_length() + 1

    @property
    def pool_bits(self) -> int:
        """Width of one value in the pooling memory [bits]: the sum of a whole window."""
        return self.data_bits + ceil_log2(self.pool_window)

    # Array

    @property
    def groups(self) -> int:
        """Groups of processing elements."""
        return self.pes // self.group_pes

    def with_overrides(self, **overrides: Any) -> Self:
        """The same design with some parameters replaced.

        Raises
        ------
        ValueError
            If a parameter does not exist, or as in the class.
        """
        known = [field.name for field in fields(self)]
        for parameter in overrides:
            require(
                parameter in known,
                f"parameter must be one of {', '.join(known)}, not {parameter}",
            )
        return type(self)(**{**self.to_dict(), **overrides})

    def to_dict(self) -> dict[str, int | str]:
        """Plain values, for JSON reports and for handing to a testbench."""
        return asdict(self)


_RANGES = {
    "data_bits": (4, 16),
    "index_bits": (1, 8),
    "accumulator_bits": (8, 64),
    "max_terms": (1, 1 << 20),
    "pes": (2, 64),
    "group_pes": (2, 64),
    "multipliers": (2, 64),
    "lookahead": (2, 256),
    "patch_positions": (4, 4096),
    "broadcast_lanes": (4, 128),
    "stream_pairs": (1, 16),
    "resident_ram_bytes": (1, 1 << 24),
    "broadcast_ram_bytes": (1, 1 << 24),
    "output_ram_bytes": (1, 1 << 24),
    "pool_words": (2, 4096),
    "pool_window": (4, 4096),
    "counter_bits": (16, 64),
}
