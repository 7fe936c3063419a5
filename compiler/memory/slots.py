"""Slots of operands in the words of memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.golden.segments import Segments

__all__ = ["SlotWidths", "pack_slots", "pairs_of", "unpack_slots", "words_of"]


class SlotWidths(NamedTuple):
    """Widths of what lies in memory.

    Attributes
    ----------
    data_bits, index_bits : int
        Widths of a value and of a zero count [bits]; a value has whole bytes.
    word_bytes : int
        Bytes in a word of the bus.
    """

    data_bits: int
    index_bits: int
    word_bytes: int

    @property
    def pair_bits(self) -> int:
        """Width of a slot in the encoded format [bits]."""
        return self.data_bits + self.index_bits

    @property
    def encoded_slots(self) -> int:
        """Slots in a word of the encoded format."""
        return self.word_bytes * 8 // self.pair_bits

    @property
    def value_bytes(self) -> int:
        """Bytes of a value."""
        return self.data_bits // 8

    def round_up(self, size: int) -> int:
        """The next multiple of a word's bytes."""
        return -(-size // self.word_bytes) * self.word_bytes


def words_of(slots: NDArray[np.int64], slot_bits: int, word_bytes: int) -> NDArray[np.uint8]:
    """Put slots into words; slots and rows of `slots` that do not fill a word end in zeros.

    Parameters
    ----------
    slots : ndarray of int64, shape (words, slots)
        Slots of each word; bits above `slot_bits` are cut off.
    slot_bits : int
        Width of a slot [bits].
    word_bytes : int
        Bytes in a word.

    Returns
    -------
    ndarray of uint8, shape (words, word_bytes)
        The words, little end first.
    """
    bits = (slots[..., np.newaxis] >> np.arange(slot_bits)) & 1
    flat = bits.astype(np.uint8).reshape(len(slots), -1)
    words = np.zeros((len(slots), word_bytes * 8), dtype=np.uint8)
    words[:, : flat.shape[1]] = flat
    return np.packbits(words, axis=1, bitorder="little")


def pack_slots(slots: NDArray[np.int64], slot_bits: int, word_bytes: int) -> bytes:
    """Put a row of slots into as many words as it needs.

    Examples
    --------
    >>> import numpy as np
    >>> pack_slots(np.array([1, 2, 3, 4]), 20, 8).hex(" ", 8)
    '0100200000030000 0400000000000000'
    """
    per_word = word_bytes * 8 // slot_bits
    words = -(-len(slots) // per_word)
    filled = np.zeros(words * per_word, dtype=np.int64)
    filled[: len(slots)] = slots
    return words_of(filled.reshape(words, per_word), slot_bits, word_bytes).tobytes()


def unpack_slots(content: bytes, slot_bits: int, word_bytes: int) -> NDArray[np.int64]:
    """All slots of some words, without a sign.

    Returns
    -------
    ndarray of int64, shape (words, slots)
        Slots of each word.

    Raises
    ------
    ValueError
        If `content` is not a whole number of words.
    """
    if len(content) % word_bytes:
        raise ValueError(f"content must be whole words of {word_bytes} bytes, not {len(content)}")
    per_word = word_bytes * 8 // slot_bits
    words = np.frombuffer(content, dtype=np.uint8).reshape(-1, word_bytes)
    bits = np.unpackbits(words, axis=1, bitorder="little")[:, : per_word * slot_bits]
    weights = np.int64(1) << np.arange(slot_bits, dtype=np.int64)
    return bits.reshape(len(words), per_word, slot_bits).astype(np.int64) @ weights


def pairs_of(segments: Segments, widths: SlotWidths) -> NDArray[np.int64]:
    """The slot of each pair: value below, zero count above."""
    mask = (1 << widths.data_bits) - 1
    return (segments.values & mask) | (segments.zeros << widths.data_bits)
