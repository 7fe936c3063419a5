"""Multiplier that takes a bit a cycle."""

from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

__all__ = ["SerialMultiplier"]


class SerialMultiplier(wiring.Component):
    """Multiply unsigned numbers by shifting and adding, for products that are needed rarely.

    The product stands as many cycles after `start` as the factor has bits up to its highest one,
    and one more; `done` says so. No combinational path leads from an input to an output.

    Parameters
    ----------
    factor_bits : int
        Width of the factor [bits].
    product_bits : int
        Width of the other factor, and of the product, which is cut to it [bits].

    Members
    -------
    start : :py:`In(1)`
        Begin with what stands at `factor` and `multiplicand` now.
    factor, multiplicand : :py:`In(factor_bits)`, :py:`In(product_bits)`
        The factors.
    product : :py:`Out(product_bits)`
        Their product, if `done`; stays until `start`.
    done : :py:`Out(1)`
        The product is complete.
    """

    def __init__(self, factor_bits: int, product_bits: int):
        self._factor_bits, self._product_bits = factor_bits, product_bits
        super().__init__(
            {
                "start": In(1),
                "factor": In(factor_bits),
                "multiplicand": In(product_bits),
                "product": Out(product_bits),
                "done": Out(1),
            }
        )

    def elaborate(self, platform):
        """The factor shifts down, the multiplicand up."""
        m = Module()
        factor = Signal(self._factor_bits)
        multiplicand = Signal(self._product_bits, reset_less=True)
        product = Signal(self._product_bits, reset_less=True)
        m.d.comb += [self.done.eq(factor == 0), self.product.eq(product)]
        with m.If(self.start):
            m.d.sync += [
                factor.eq(self.factor),
                multiplicand.eq(self.multiplicand),
                product.eq(0),
            ]
        with m.Else():
            m.d.sync += [factor.eq(factor >> 1), multiplicand.eq(multiplicand << 1)]
            with m.If(factor[0]):
                m.d.sync += product.eq(product + multiplicand)
        return m
