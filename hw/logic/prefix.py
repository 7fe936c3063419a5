"""Prefixes by a tree: the first terms, combined."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from amaranth.hdl import Module, Signal, Value

__all__ = ["prefix_sums", "prefixes"]

Term = TypeVar("Term")


def prefixes(terms: Sequence[Term], combine: Callable[[Term, Term, str], Term]) -> list[Term]:
    """Combine the first terms: prefix n is that of ``terms[0]`` to ``terms[n]``.

    Sklansky's tree, ``ceil(log2(n))`` operations deep: after level k every prefix reaches back to a
    multiple of 2^k.

    Parameters
    ----------
    terms : sequence
        Terms.
    combine : callable
        Joins a prefix and what follows it; associative. Is told a suffix for names, too.
    """
    joined = list(terms)
    reach = 1
    while reach < len(joined):
        for index in range(len(joined)):
            if index & reach:
                before = joined[(index & ~(reach - 1)) - 1]
                joined[index] = combine(before, joined[index], f"{reach}_{index}")
        reach *= 2
    return joined


def prefix_sums(m: Module, terms: Sequence[Value], *, name: str, bits: int) -> list[Value]:
    """Add to `m` what sums the first terms: sum n is ``terms[0] + ... + terms[n]``.

    Parameters
    ----------
    m : Module
        Takes the adders; combinational, as deep as :func:`prefixes`.
    terms : sequence of Value
        Unsigned terms.
    name : str
        Prefix of the sums' names.
    bits : int
        Sums are cut to this width [bits].
    """

    def add(before: Value, after: Value, place: str) -> Signal:
        width = min(bits, max(len(before), len(after)) + 1)
        total = Signal(width, name=f"{name}_{place}")
        m.d.comb += total.eq(before + after)
        return total

    return prefixes(terms, add)
