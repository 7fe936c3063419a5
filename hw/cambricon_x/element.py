"""Processing element of Cambricon-X: its weights, and its functional unit."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.cambricon_x.kernel_walker import KernelWalker
from grus.hw.cambricon_x.synapse_buffer import SynapseBuffer
from grus.hw.config import CraneConfig
from grus.hw.encoding.pair_locator import TaggedRowLayout
from grus.hw.layouts import OperandsLayout, ResultLayout
from grus.hw.memory.resident_ram import RowWriteLayout
from grus.hw.pe.adder_tree import AdderTree
from grus.hw.pe.last_level_adder import LastLevelAdder
from grus.hw.pe.multipliers import Multipliers
from grus.hw.scheduler.round import RoundLayout

__all__ = ["RESULT_CYCLES", "CambriconXElement"]

# From operands to their kernel's sum, beside the levels of the adder tree: the registers of the
# multipliers, and the last-level adder.
RESULT_CYCLES = 3


class CambriconXElement(wiring.Component):
    """Multiply all weights of the element's kernels, a row a cycle, and add up.

    Source: Crane, section 5.1.4 (sizes); Cambricon-X as notes tell of it: each processing element
    has its own weights, multipliers and adder tree.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Multipliers, rows.

    Members
    -------
    writes : :py:`In(stream.Signature(RowWriteLayout(config), always_ready=True))`
        Rows of this element.
    start, works, round : :py:`In(1)`, :py:`In(1)`, :py:`In(RoundLayout(config))`
        As in :class:`KernelWalker`.
    output_half : :py:`In(1)`
        Half of the output RAM for the row that is at `rows`.
    fetching, done : :py:`Out(1)`
        Some row is left to read; none is after this cycle.
    rows : :py:`Out(stream.Signature(TaggedRowLayout(config), always_ready=True))`
        Rows for the indexing module.
    operands : :py:`In(stream.Signature(OperandsLayout(config), always_ready=True))`
        What it makes of them.
    results : :py:`Out(stream.Signature(ResultLayout(config), always_ready=True))`
        Sums.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "writes": In(stream.Signature(RowWriteLayout(config), always_ready=True)),
                "start": In(1),
                "works": In(1),
                "round": In(RoundLayout(config)),
                "output_half": In(1),
                "fetching": Out(1),
                "done": Out(1),
                "rows": Out(stream.Signature(TaggedRowLayout(config), always_ready=True)),
                "operands": In(stream.Signature(OperandsLayout(config), always_ready=True)),
                "results": Out(stream.Signature(ResultLayout(config), always_ready=True)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this element."""
        return self._config

    def elaborate(self, platform):
        """The way to the indexing module, and the way from there."""
        m = Module()
        config = self.config
        m.submodules.walker = walker = KernelWalker(config)
        m.submodules.synapses = synapses = SynapseBuffer(config)
        connect(m, flipped(self.writes), synapses.writes)
        rows = self.rows.p
        m.d.comb += [
            walker.start.eq(self.start),
            walker.works.eq(self.works),
            walker.round.eq(self.round),
            walker.last_rows.eq(synapses.last_rows),
            walker.ends.eq(synapses.ends),
            synapses.fetch.eq(walker.fetch),
            synapses.half.eq(self.round.resident_half),
            synapses.row.eq(walker.row),
            self.fetching.eq(walker.fetch),
            self.done.eq(walker.done),
            self.rows.valid.eq(walker.arrives),
            rows.row.eq(synapses.o),
            rows.start.eq(walker.offset),
            rows.last.eq(synapses.ends),
            rows.tag.half.eq(self.output_half),
            rows.tag.address.eq(walker.address),
        ]
        m.submodules.multipliers = multipliers = Multipliers(config)
        m.submodules.tree = tree = AdderTree(config)
        m.submodules.last_level = last_level = LastLevelAdder(config)
        connect(m, multipliers.o, tree.i)
        connect(m, tree.o, last_level.i)
        m.d.comb += [
            multipliers.i.valid.eq(self.operands.valid),
            multipliers.i.payload.eq(self.operands.payload),
            last_level.o.ready.eq(1),
            self.results.valid.eq(last_level.o.valid),
            self.results.payload.eq(last_level.o.payload),
        ]
        return m
