"""What lies where in the accelerator's memory."""

from __future__ import annotations

from typing import NamedTuple

from grus.compiler.memory.maps import MapPlan

__all__ = ["Image", "StoredMap"]

_ALIGNMENT = 64  # bytes: whole words of the widest bus


class StoredMap(NamedTuple):
    """A map and its place in memory.

    Attributes
    ----------
    plan : MapPlan
        How it lies, counted from its beginning.
    address : int
        Its first byte.
    """

    plan: MapPlan
    address: int


class Image:
    """Memory that is filled from its beginning."""

    def __init__(self) -> None:
        self._pieces: list[tuple[int, bytes]] = []
        self.size = 0

    def place(self, content: bytes) -> int:
        """Append bytes; return their address."""
        address = self.reserve(len(content))
        self._pieces.append((address, content))
        return address

    def reserve(self, size: int) -> int:
        """Keep room that a run will write; return its address."""
        address = self.size
        self.size += -(-size // _ALIGNMENT) * _ALIGNMENT
        return address

    def content(self) -> bytes:
        """All of it; rooms that were kept are zero."""
        memory = bytearray(self.size)
        for address, piece in self._pieces:
            memory[address : address + len(piece)] = piece
        return bytes(memory)
