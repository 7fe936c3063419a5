"""Prefix sums by a tree of adders."""

from collections.abc import Sequence

from amaranth.hdl import Module, Signal, Value

__all__ = ["prefix_sums"]


def prefix_sums(m: Module, terms: Sequence[Value], *, name: str, bits: int) -> list[Value]:
    """Add to `m` what sums the first terms: sum n is ``terms[0] + ... + terms[n]``.

    Sklansky's tree, ``ceil(log2(n))`` adders deep: after level k every sum reaches back to a
    multiple of 2^k.

    Parameters
    ----------
    m : Module
        Takes the adders; combinational.
    terms : sequence of Value
        Unsigned terms.
    name : str
        Prefix of the sums' names.
    bits : int
        Sums are cut to this width [bits].
    """
    sums = list(terms)
    reach = 1
    while reach < len(sums):
        for index in range(len(sums)):
            if index & reach:
                before = sums[(index & ~(reach - 1)) - 1]
                width = min(bits, max(len(before), len(sums[index])) + 1)
                total = Signal(width, name=f"{name}_{reach}_{index}")
                m.d.comb += total.eq(before + sums[index])
                sums[index] = total
        reach *= 2
    return sums
