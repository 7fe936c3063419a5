"""Some neighbouring words out of many."""

from amaranth.hdl import Module, Signal, Value

from grus.hw.config import ceil_log2

__all__ = ["word_at"]


def word_at(
    m: Module, vector: Value, index: Value, *, bits: int, name: str, words: int = 1
) -> Value:
    """`words` words of `vector` from word `index` on, each `bits` wide; all must be in range.

    As ``vector.word_select``, but the bit offset is just as wide as the vector needs, which keeps
    lint quiet about an index that could point far outside.
    """
    offset = Signal(ceil_log2(len(vector)), name=name)
    m.d.comb += offset.eq(index * bits)
    return vector.bit_select(offset, bits * words)
