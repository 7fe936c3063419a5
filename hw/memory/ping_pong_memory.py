"""The words of both halves of a ping-pong memory, in one memory."""

from amaranth.hdl import Cat
from amaranth.lib.memory import Memory

__all__ = ["half_address", "ping_pong_memory"]


def ping_pong_memory(*, shape, words: int) -> Memory:
    """Memory of two halves, `words` of `shape` in each; one is written while the other is read.

    With a write port and a read port of its own it takes a word and gives one in every cycle, as
    two memories would, because nobody writes to two halves at once or reads from two. A word read
    stands at the port in the next cycle, and until the next read. Nothing stalls. Memories of two
    readers or two writers, as the output RAM's, cannot be joined like this.

    Source: project decision D-041.
    """
    return Memory(shape=shape, depth=2 * words, init=[])


def half_address(half, word) -> Cat:
    """Address of a word of a half.

    The half is the lowest bit, so that any number of words fills the memory.
    """
    return Cat(half, word)
