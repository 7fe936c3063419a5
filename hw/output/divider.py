"""Divider: the mean of several sums by the same number."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["Divider", "DivisionLayout"]


class DivisionLayout(data.StructLayout):
    """Sums of windows of equal size.

    Members
    -------
    sums : :py:`ArrayLayout(signed(sum_bits), lanes)`
        Sums.
    elements : :py:`range(1, largest + 1)`
        Elements in each sum, at least one.
    """

    def __init__(self, *, lanes: int, sum_bits: int, largest: int):
        super().__init__(
            {
                "sums": data.ArrayLayout(signed(sum_bits), lanes),
                "elements": range(largest + 1),
            }
        )


class Divider(wiring.Component):
    """Mean of each lane, rounded half up: ``floor((2 * sum + n) / (2 * n))``.

    One vector is under way at a time; it takes ``sum_bits + 3`` cycles. A result is held until it
    is taken.

    Source: project decision D-003. Schoolbook division, one bit of the quotient a cycle; a sum
    below zero is divided as the distance from the floor, so that flooring stays exact.

    Parameters
    ----------
    lanes : int
        Sums divided at once.
    sum_bits : int
        Width of a sum [bits].
    mean_bits : int
        Width of a mean [bits].
    largest : int
        Most elements of a sum.

    Members
    -------
    i : :py:`In(stream.Signature(DivisionLayout(...)))`
        Sums.
    o : :py:`Out(stream.Signature(ArrayLayout(signed(mean_bits), lanes)))`
        Means.
    """

    def __init__(self, *, lanes: int, sum_bits: int, mean_bits: int, largest: int):
        self._lanes, self._sum_bits, self._largest = lanes, sum_bits, largest
        division = DivisionLayout(lanes=lanes, sum_bits=sum_bits, largest=largest)
        means = data.ArrayLayout(signed(mean_bits), lanes)
        super().__init__({"i": In(stream.Signature(division)), "o": Out(stream.Signature(means))})

    def elaborate(self, platform):
        """Quotient bits come from the top; the dividend's bits leave where they enter."""
        m = Module()
        bits = self._sum_bits + 2  # of 2 * sum + n, without its sign
        step = Signal(range(bits + 1))
        busy = Signal()
        divisor = Signal(range(2 * self._largest + 1), reset_less=True)
        m.d.comb += self.i.ready.eq(~busy & ~self.o.valid)
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += [busy.eq(1), step.eq(bits - 1), divisor.eq(self.i.p.elements << 1)]
        with m.Elif(busy):
            m.d.sync += step.eq(step - 1)
            with m.If(step == 0):
                m.d.sync += [busy.eq(0), self.o.valid.eq(1)]
        with m.Elif(self.o.ready):
            m.d.sync += self.o.valid.eq(0)
        for lane in range(self._lanes):
            self._divide(m, lane, bits, divisor, busy)
        return m

    def _divide(self, m: Module, lane: int, bits: int, divisor: Signal, busy: Signal):
        elements = self.i.p.elements
        doubled = Signal(signed(bits + 1), name=f"doubled_{lane}")
        negative = Signal(name=f"negative_{lane}", reset_less=True)
        work = Signal(bits, name=f"work_{lane}", reset_less=True)  # dividend above, quotient below
        rest = Signal(range(2 * self._largest), name=f"rest_{lane}", reset_less=True)
        m.d.comb += doubled.eq((self.i.p.sums[lane] << 1) + elements)
        with m.If(self.i.valid & self.i.ready):
            # floor(-a / b) = -1 - floor((a - 1) / b), and a - 1 is the complement of -a.
            m.d.sync += [
                negative.eq(doubled < 0),
                work.eq(Mux(doubled < 0, ~doubled, doubled)),
                rest.eq(0),
            ]
        with m.Elif(busy):
            brought = Signal(range(4 * self._largest), name=f"brought_{lane}")
            fits = Signal(name=f"fits_{lane}")
            m.d.comb += [
                brought.eq((rest << 1) | work[-1]),
                fits.eq(brought >= divisor),
            ]
            m.d.sync += [
                rest.eq(Mux(fits, brought - divisor, brought)),
                work.eq((work << 1) | fits),
            ]
        m.d.comb += self.o.payload[lane].eq(Mux(negative, ~work, work))
