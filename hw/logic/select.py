"""One of many: neighbouring words by an index, or what a mark stands for."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

from amaranth.hdl import Module, Mux, Signal, Value, ValueLike

from grus.hw.config import ceil_log2

__all__ = ["one_of", "word_at"]


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


def one_of(marks: Value | Sequence[Value], choices: Iterable[ValueLike]) -> Value:
    """The one of `choices`, unsigned, whose mark is set; 0 if none is."""
    return reduce(or_, (Mux(marks[n], choice, 0) for n, choice in enumerate(choices)))
