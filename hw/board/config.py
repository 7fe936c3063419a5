"""The parameters of a board's design.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from dataclasses import dataclass

from grus.hw.checks import require, require_ranges
from grus.hw.dma.config import PAGE_BITS, AxiConfig

__all__ = ["BoardConfig"]


@dataclass(frozen=True, kw_only=True)
class BoardConfig:
    """A memory on the chip, and a serial line.

    Parameters
    ----------
    axi : AxiConfig
        The accelerator's bus; addresses of 32 bits.
    memory_bytes : int
        Size of the memory, in whole pages of 4096 bytes.
    bit_cycles : int
        Clock cycles of a bit on the serial line, at least 4.

    Raises
    ------
    TypeError
        If a parameter is of the wrong kind.
    ValueError
        If a parameter is out of range.
    """

    axi: AxiConfig
    memory_bytes: int
    bit_cycles: int

    def __post_init__(self) -> None:
        require_ranges(self, {"memory_bytes": (1 << PAGE_BITS, 1 << 30), "bit_cycles": (4, 65535)})
        rest = self.memory_bytes % (1 << PAGE_BITS)
        require(not rest, f"memory_bytes must be a multiple of 4096, not {self.memory_bytes}")
        bits = self.axi.address_bits
        require(bits == 32, f"axi.address_bits must be 32, not {bits}")

    @property
    def words(self) -> int:
        """Words of the memory."""
        return self.memory_bytes // self.axi.word_bytes
