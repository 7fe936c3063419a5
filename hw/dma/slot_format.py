"""How operands lie in the words of memory, for one machine and one bus.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from dataclasses import dataclass

from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig

__all__ = ["MAP_BITS", "SlotFormat"]

MAP_BITS = 16  # width of a row or column of a map, and of how many there are


@dataclass(frozen=True, kw_only=True)
class SlotFormat:
    """Slots in the words of memory; the formats are those of ``docs/memory.md``.

    Parameters
    ----------
    config : CraneConfig
        The machine.
    axi : AxiConfig
        Its way to memory.

    Raises
    ------
    ValueError
        If the machine's values or counters do not fit the formats.
    """

    config: CraneConfig
    axi: AxiConfig

    def __post_init__(self) -> None:
        config = self.config
        if config.data_bits % 8:
            raise ValueError(
                "data_bits must be a multiple of 8, so that memory holds values in whole bytes, "
                f"not {config.data_bits}"
            )
        if config.pair_bits < config.count_bits:
            raise ValueError(
                f"index_bits must be at least {config.count_bits - config.data_bits}, so that a "
                f"slot of memory holds a segment's counter, not {config.index_bits}"
            )

    @property
    def encoded_slots(self) -> int:
        """Slots in a word of encoded pairs."""
        return self.axi.data_bits // self.config.pair_bits

    @property
    def dense_slots(self) -> int:
        """Slots in a word of values: a power of two, at least as many as encoded ones."""
        return self.axi.data_bits // self.config.data_bits

    @property
    def dense_slot_bits(self) -> int:
        """Bits that tell the dense slots of a word apart."""
        return self.dense_slots.bit_length() - 1

    @property
    def value_offset_bits(self) -> int:
        """Bits of an address that tell the byte in a value."""
        return self.config.data_bits.bit_length() - 4

    @property
    def largest_tile_segments(self) -> int:
        """Work-items, and biases, of the largest tile."""
        return self.config.pes * self.config.resident_rows
