"""The parameters of a machine's way to memory, and every number that follows from them.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from grus.hw.checks import require_power_of_two, require_ranges

__all__ = ["PAGE_BITS", "AxiConfig"]

PAGE_BITS = 12  # of an address that tell the byte in its page; no AXI4 burst leaves its page


@dataclass(frozen=True, kw_only=True)
class AxiConfig:
    """Parameters of an AXI4 master.

    Parameters
    ----------
    data_bits : int
        Width of a word of the bus [bits]; a power of two, 64 to 512.
    address_bits : int
        Width of an address [bits], 32 to 64.
    burst_words : int
        Words in the longest burst, 1 to 256; a 4 KB page limits it, too.
    outstanding_bursts : int
        Bursts of each direction that may wait for their answers, 1 to 16.

    Raises
    ------
    TypeError
        If a parameter is of the wrong kind.
    ValueError
        If a parameter is out of range.
    """

    data_bits: int = 128
    address_bits: int = 32
    burst_words: int = 16
    outstanding_bursts: int = 8

    def __post_init__(self) -> None:
        require_ranges(self, _RANGES)
        require_power_of_two("data_bits", self.data_bits)

    @property
    def word_bytes(self) -> int:
        """Bytes in a word."""
        return self.data_bits // 8

    @property
    def offset_bits(self) -> int:
        """Bits of an address that tell the byte in its word."""
        return (self.word_bytes - 1).bit_length()

    @property
    def place_bits(self) -> int:
        """Width of an address that counts words [bits]."""
        return self.address_bits - self.offset_bits

    @property
    def page_words(self) -> int:
        """Words in a page of 4 KB."""
        return (1 << PAGE_BITS) // self.word_bytes

    @property
    def longest_burst(self) -> int:
        """Words in the longest burst that there ever is."""
        return min(self.burst_words, self.page_words)

    @property
    def words_bits(self) -> int:
        """Width of a request's number of words [bits]: ample for the largest RAM of a machine."""
        return 24

    @property
    def read_buffer_words(self) -> int:
        """Words that a read engine holds: what it may ask for in advance, at least two bursts."""
        return max(2, self.outstanding_bursts) * self.longest_burst

    @property
    def write_buffer_words(self) -> int:
        """Words that a write engine holds: a burst that is gathered, and one that leaves."""
        return 2 * self.longest_burst

    def to_dict(self) -> dict[str, int]:
        """Plain values, for JSON reports and for handing to a testbench."""
        return asdict(self)


_RANGES = {
    "data_bits": (64, 512),
    "address_bits": (32, 64),
    "burst_words": (1, 256),
    "outstanding_bursts": (1, 16),
}
