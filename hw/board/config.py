"""The parameters of a board's design.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from dataclasses import dataclass

from grus.hw.checks import require, require_ranges
from grus.hw.dma.config import PAGE_BITS, AxiConfig

__all__ = ["BoardConfig", "bit_cycles_of"]

_TOLERANCE = 0.02  # a receiver that looks at the middle of ten bits bears twice that, shared by two


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


def bit_cycles_of(clock_hz: int, baud: int) -> int:
    """Clock cycles of a bit on the serial line.

    Parameters
    ----------
    clock_hz : int
        Clock [Hz].
    baud : int
        Bits per second that the host sends.

    Raises
    ------
    ValueError
        If no whole number of cycles is near enough, or they are fewer than 4.
    """
    cycles = max(round(clock_hz / baud), 1)
    off = abs(clock_hz / cycles / baud - 1)
    require(
        cycles >= 4 and off <= _TOLERANCE,
        f"baud must be at most a quarter of the clock, and within {_TOLERANCE:.0%} of "
        f"{clock_hz} Hz divided by a whole number, not {baud}",
    )
    return cycles
