"""Shifter of whole lanes."""

from collections.abc import Sequence

from amaranth.hdl import Const, Module, Mux, Signal, Value

__all__ = ["shift_lanes"]


def shift_lanes(
    m: Module, lanes: Sequence[Value], distance: Value, *, name: str, up: bool = False
) -> list[Value]:
    """Add to `m` what moves all lanes by `distance`, towards lane 0 or, if `up`, away from it.

    One level of multiplexers for each bit of the distance, the lowest bit first.

    Parameters
    ----------
    m : Module
        Takes the multiplexers; combinational.
    lanes : sequence of Value
        Lanes of equal width; as many come out.
    distance : Value
        Unsigned number of lanes.
    name : str
        Prefix of the signals' names.
    up : bool
        Direction. Zeros follow from the end, and lanes beyond the other one are lost.
    """
    moved = list(lanes)
    bits = len(moved[0])
    for level in range(len(distance)):
        step = -(1 << level) if up else 1 << level
        before, moved = moved, []
        for lane in range(len(before)):
            source = lane + step
            other = before[source] if 0 <= source < len(before) else Const(0, bits)
            signal = Signal(bits, name=f"{name}_{level}_{lane}")
            m.d.comb += signal.eq(Mux(distance[level], other, before[lane]))
            moved.append(signal)
    return moved
