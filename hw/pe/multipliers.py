"""Parallel multipliers of a processing element."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import OperandsLayout, TermsLayout
from grus.hw.stream.stage import add_stage

__all__ = ["Multipliers"]


class Multipliers(wiring.Component):
    """Multiply the lanes of a match.

    Throughput is one match per cycle, latency 2 cycles: a register before the multipliers and one
    behind them. A stalled output holds both. The path from ``o.ready`` to ``i.ready`` is
    combinational.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Multipliers, width of a value.

    Members
    -------
    i : :py:`In(stream.Signature(OperandsLayout(config)))`
        Operands; lanes from `count` on mean nothing.
    o : :py:`Out(stream.Signature(TermsLayout(config)))`
        Products.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(OperandsLayout(config))),
                "o": Out(stream.Signature(TermsLayout(config))),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of these multipliers."""
        return self._config

    def elaborate(self, platform):
        """Two register stages."""
        m = Module()
        held = stream.Signature(OperandsLayout(self.config)).create()
        add_stage(m, i=self.i, o=held, payload=self.i.p)
        products = Signal(TermsLayout(self.config))
        m.d.comb += [products.last.eq(held.p.last), products.tag.eq(held.p.tag)]
        for lane in range(self.config.multipliers):
            m.d.comb += [
                products.terms[lane].eq(held.p.resident[lane] * held.p.broadcast[lane]),
                products.keep[lane].eq(lane < held.p.count),
            ]
        add_stage(m, i=held, o=self.o, payload=products)
        return m
