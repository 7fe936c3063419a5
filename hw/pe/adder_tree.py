"""Pipelined adder tree."""

from functools import reduce
from operator import add

from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.layouts import SumLayout, TagLayout, TermsLayout

__all__ = ["AdderTree"]


class AdderTree(wiring.Component):
    """Sum the kept terms of each transfer.

    Throughput is one transfer per cycle; latency is ``config.tree_levels`` cycles. All levels
    advance together, so a stalled output stops the whole tree. The path from ``o.ready`` to
    ``i.ready`` is combinational.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Number and width of the terms.

    Members
    -------
    i : :py:`In(stream.Signature(TermsLayout(config)))`
        Terms.
    o : :py:`Out(stream.Signature(SumLayout(config)))`
        Sums, exact: the tree grows by one bit per level.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(TermsLayout(config))),
                "o": Out(stream.Signature(SumLayout(config))),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this tree."""
        return self._config

    def elaborate(self, platform):
        """Bit n of `valid`, word n of `marks`: the registers after adder level n."""
        m = Module()
        levels = self.config.tree_levels
        mark = data.StructLayout({"last": 1, "tag": TagLayout(self.config)})
        valid = Signal(levels)
        marks = Signal(data.ArrayLayout(mark, levels), reset_less=True)
        empty = Signal(init=1)
        advance = Signal()
        m.d.comb += [
            advance.eq(~self.o.valid | self.o.ready),
            self.i.ready.eq(empty | self.o.ready),  # beside `advance`: D-050
        ]
        with m.If(advance):
            m.d.sync += empty.eq(~Cat(self.i.valid, valid)[levels - 1])
            arriving = Cat(self.i.p.last, self.i.p.tag.as_value())
            m.d.sync += valid.eq(Cat(self.i.valid, valid))
            m.d.sync += marks.as_value().eq(Cat(arriving, marks.as_value()))

        lanes = range(self.config.multipliers)
        operands = [Mux(self.i.p.keep[lane], self.i.p.terms[lane], 0) for lane in lanes]
        for level in range(levels):
            operands = self._level(m, level, operands, advance)

        m.d.comb += [
            self.o.valid.eq(valid[-1]),
            self.o.p.sum.eq(operands[0]),
            self.o.p.last.eq(marks[levels - 1].last),
            self.o.p.tag.eq(marks[levels - 1].tag),
        ]
        return m

    def _level(self, m: Module, level: int, operands: list, advance: Signal) -> list:
        nodes = []
        for index in range(0, len(operands), 2):
            pair = operands[index : index + 2]  # an odd one out is only delayed
            bits = self.config.product_bits + level + 1
            node = Signal(signed(bits), name=f"node_{level}_{index // 2}", reset_less=True)
            with m.If(advance):
                m.d.sync += node.eq(reduce(add, pair))
            nodes.append(node)
        return nodes
