"""The bytes behind an AXI bus under cocotb, and what an accelerator may do with them."""

from __future__ import annotations

from mmap import mmap

from grus.sim.host import Violation

__all__ = ["PAGE_BYTES", "Contents"]

PAGE_BYTES = 4096  # no burst leaves its page


class Contents:
    """Memory that knows its bounds, counts its traffic and can refuse a word.

    Parameters
    ----------
    memory : mmap
        The bytes.
    word_bytes : int
        Bytes in a word of the bus.

    Attributes
    ----------
    writable : range
        Addresses that may be written.
    failing : int or None
        Address of which the word answers with an error.
    violations : Violation
        Rules that the accelerator has broken.
    read_bytes, written_bytes, read_bursts, write_bursts : int
        Traffic.
    """

    def __init__(self, memory: mmap, word_bytes: int):
        self._memory, self._word_bytes = memory, word_bytes
        self.writable = range(0)
        self.failing: int | None = None
        self.violations = Violation(0)
        self.read_bytes = self.written_bytes = self.read_bursts = self.write_bursts = 0

    def fails(self, address: int) -> bool:
        """Whether the word at an address answers with an error."""
        step = self._word_bytes
        return self.failing is not None and address // step == self.failing // step

    def take_burst(self, address: int, words: int) -> None:
        """Check that a burst stays in its page."""
        if address % PAGE_BYTES + words * self._word_bytes > PAGE_BYTES:
            self.violations |= Violation.BURST_LEAVES_PAGE

    def read(self, address: int) -> tuple[bytes, bool]:
        """A word, and whether it is sound; one outside of the memory is zero and is not."""
        self.read_bytes += self._word_bytes
        word = self._memory[address : address + self._word_bytes]
        if len(word) < self._word_bytes:
            self.violations |= Violation.READ_OUTSIDE
            return bytes(self._word_bytes), False
        return word, not self.fails(address)

    def write(self, address: int, content: bytes) -> bool:
        """Write bytes of one word; returns whether memory takes them without an error.

        None of them is written if one lies where nothing may be written.
        """
        self.written_bytes += len(content)
        end = address + len(content)
        if address < self.writable.start or end > min(self.writable.stop, len(self._memory)):
            self.violations |= Violation.WRITE_OUTSIDE
            return False
        self._memory[address:end] = content
        return not self.fails(address)
