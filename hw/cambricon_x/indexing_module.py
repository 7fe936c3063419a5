"""Indexing module: finds the inputs that belong to a row of weights."""

from functools import reduce
from operator import add

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import PairLocator, TaggedRowLayout, position_of
from grus.hw.layouts import OperandsLayout
from grus.hw.pe.ordered_picker import OrderedPicker
from grus.hw.pe.patch_store import PatchBitsLayout

__all__ = ["IndexingModule"]


class IndexingModule(wiring.Component):
    """Step indexing: running sums of the steps are the positions, and these choose the inputs.

    Throughput is one row per cycle, latency 1 cycle; nothing ever stalls. An input that is zero is
    chosen like any other. A lane without a weight, a filler's too, has a weight of zero.

    Source: Cambricon-X as notes tell of it (step indexing, one indexing module for each processing
    element); the prefix sum for a whole row at once is a reconstruction.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Multipliers, window.

    Members
    -------
    i : :py:`In(stream.Signature(TaggedRowLayout(config), always_ready=True))`
        Rows of weights.
    window : :py:`In(PatchBitsLayout(config))`
        Inputs to choose from in the cycle after a row.
    o : :py:`Out(stream.Signature(OperandsLayout(config), always_ready=True))`
        Weights and their inputs.
    worked : :py:`Out(1)`
        Operands left in the cycle before.
    effectual : :py:`Out(range(multipliers + 1))`
        How many of those products are not zero.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "i": In(stream.Signature(TaggedRowLayout(config), always_ready=True)),
                "window": In(PatchBitsLayout(config)),
                "o": Out(stream.Signature(OperandsLayout(config), always_ready=True)),
                "worked": Out(1),
                "effectual": Out(range(config.multipliers + 1)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this indexing module."""
        return self._config

    def elaborate(self, platform):
        """Running sums, the choice of inputs, and a look at what it chose."""
        m = Module()
        config = self.config
        m.submodules.locator = locator = PairLocator(config)
        located, operands = locator.o.p, self.o.p
        m.d.comb += [
            locator.i.valid.eq(self.i.valid),
            locator.i.payload.eq(self.i.payload),
            locator.o.ready.eq(1),
            self.o.valid.eq(locator.o.valid),
            operands.resident.eq(Cat(located.values[lane] for lane in range(config.multipliers))),
            operands.count.eq(config.multipliers),
            operands.last.eq(located.last),
            operands.tag.eq(located.tag),
        ]
        m.submodules.picker = picker = OrderedPicker(config, 1)
        m.d.comb += [
            picker.patches[0].eq(self.window),
            *(
                picker.read.positions[lane].eq(position_of(located, lane))
                for lane in range(config.multipliers)
            ),
            operands.broadcast.eq(picker.values),
        ]
        # Behind its last weight a row's positions may lie behind the window.
        counts = Signal(config.multipliers)
        for lane in range(config.multipliers):
            weight = operands.resident[lane].any()
            with m.If(weight):
                m.d.comb += picker.read.count.eq(lane + 1)
            m.d.sync += counts[lane].eq(self.o.valid & weight & operands.broadcast[lane].any())
        m.d.sync += self.worked.eq(self.o.valid)
        m.d.comb += self.effectual.eq(reduce(add, counts))
        return m
