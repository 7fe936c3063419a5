"""Last-level adder: accumulates the sums of one work-item."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import ResultLayout, SumLayout
from grus.hw.stream.stage import add_stage

__all__ = ["LastLevelAdder"]


class LastLevelAdder(wiring.Component):
    """Add up the sums of a work-item and let the total go with the last of them.

    Takes one sum per cycle; latency is 1 cycle from a work-item's last sum to its total. While a
    total is not taken, no sum is. The path from ``o.ready`` to ``i.ready`` is combinational.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Widths: the total of a whole patch of extreme products is exact.

    Members
    -------
    i : :py:`In(stream.Signature(SumLayout(config)))`
        Sums, those of one work-item in a run that ends in `last`.
    o : :py:`Out(stream.Signature(ResultLayout(config)))`
        Totals.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(SumLayout(config))),
                "o": Out(stream.Signature(ResultLayout(config))),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this adder."""
        return self._config

    def elaborate(self, platform):
        """`so_far` is zero between work-items."""
        m = Module()
        so_far = Signal(signed(self.config.item_bits))
        total = Signal(signed(self.config.item_bits))
        m.d.comb += total.eq(so_far + self.i.p.sum)

        ended = stream.Signature(SumLayout(self.config)).create()
        result = Signal(ResultLayout(self.config))
        m.d.comb += [
            ended.valid.eq(self.i.valid & self.i.p.last),
            self.i.ready.eq(ended.ready),
            result.sum.eq(total),
            result.tag.eq(self.i.p.tag),
        ]
        moves = add_stage(m, i=ended, o=self.o, payload=result)
        with m.If(self.i.valid & moves):
            m.d.sync += so_far.eq(Mux(self.i.p.last, 0, total))
        return m
