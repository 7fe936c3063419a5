"""Processing element: from a work-item to its sum."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from grus.hw.config import CraneConfig
from grus.hw.layouts import (
    Activity,
    ResultLayout,
    RowLayout,
    RowRequestLayout,
    WorkItemLayout,
)
from grus.hw.pe.adder_tree import AdderTree
from grus.hw.pe.in_flight import InFlight
from grus.hw.pe.index_selector import IndexSelector
from grus.hw.pe.last_level_adder import LastLevelAdder
from grus.hw.pe.multipliers import Multipliers
from grus.hw.pe.ordered_picker import PatchReadLayout
from grus.hw.pe.row_fetcher import ROW_REGISTERS, RowFetcher
from grus.hw.stream.fifo import StreamFifo

__all__ = ["ProcessingElement"]

# Cycles from a row's request to the pair joiner, when nothing stalls: resident RAM, row
# registers, pair locator, matcher.
_FETCH_CYCLES = 4


class ProcessingElement(wiring.Component):
    """Compute the sum of each work-item.

    Row fetcher -> index selector -> (values from the broadcast buffer) -> multipliers -> adder
    tree -> last-level adder. Takes a work-item as soon as the last row of the one before is
    granted, and works on both at once. Throughput is one row or `multipliers` effectual pairs per
    cycle, whichever takes longer, without a gap between work-items. A refused result stops the
    pipeline once the two result registers are full.

    Source: Crane, section 4.2 and Figure 8.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Multipliers, lookahead, size of a patch.

    Members
    -------
    items : :py:`In(stream.Signature(WorkItemLayout(config)))`
        Work-items.
    requests : :py:`Out(stream.Signature(RowRequestLayout(config)))`
        Reads of the resident RAM; `row` brings the answer one cycle after the grant.
    row : :py:`In(RowLayout(config))`
        Row read.
    nonzero : :py:`In(ArrayLayout(patch_positions, 2))`
        Positions of both patches whose value is not zero.
    read : :py:`Out(PatchReadLayout(config))`
        Values of a patch that the multipliers want; `values` brings them in the same cycle.
    values : :py:`In(ArrayLayout(signed(data_bits), multipliers))`
        Those values.
    results : :py:`Out(stream.Signature(ResultLayout(config)))`
        Sums, in the order of the work-items.
    finished : :py:`Out(1)`
        The work-item's last row is granted in this cycle: for the scheduler it is done.
    rounds_needed, halves_needed : :py:`Out(2)`
        Halves of the broadcast buffer, and of the output RAM, that work-items in this element
        still need.
    idle : :py:`In(Activity)`
        Why there is no work-item, when there is none.
    activity : :py:`Out(Activity)`
        What this cycle goes to.
    macs : :py:`Out(range(multipliers + 1))`
        Effectual pairs that go to the multipliers in this cycle.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "items": In(stream.Signature(WorkItemLayout(config))),
                "requests": Out(stream.Signature(RowRequestLayout(config))),
                "row": In(RowLayout(config)),
                "nonzero": In(data.ArrayLayout(config.patch_positions, 2)),
                "read": Out(PatchReadLayout(config)),
                "values": In(data.ArrayLayout(signed(config.data_bits), config.multipliers)),
                "results": Out(stream.Signature(ResultLayout(config))),
                "finished": Out(1),
                "rounds_needed": Out(2),
                "halves_needed": Out(2),
                "idle": In(Activity),
                "activity": Out(Activity),
                "macs": Out(range(config.multipliers + 1)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this element."""
        return self._config

    def elaborate(self, platform):
        """The pipeline, then what it tells about itself."""
        m = Module()
        config = self.config
        m.submodules.fetcher = fetcher = RowFetcher(config)
        m.submodules.selector = selector = IndexSelector(config)
        m.submodules.multipliers = multipliers = Multipliers(config)
        m.submodules.tree = tree = AdderTree(config)
        m.submodules.last_level = last_level = LastLevelAdder(config)
        m.submodules.waiting = waiting = StreamFifo(ResultLayout(config), depth=2)

        connect(m, flipped(self.items), fetcher.items)
        connect(m, fetcher.requests, flipped(self.requests))
        m.d.comb += fetcher.row.eq(self.row)
        connect(m, fetcher.o, selector.i)
        m.d.comb += selector.nonzero.eq(self.nonzero)
        self._gather(m, selector.o, multipliers.i)
        connect(m, multipliers.o, tree.i)
        connect(m, tree.o, last_level.i)
        connect(m, last_level.o, waiting.i)
        connect(m, waiting.o, flipped(self.results))

        self._track(m, selector.o)
        self._account(m, fetcher, selector)
        return m

    def _gather(self, m: Module, matches, operands):
        """Fetch the other operand of each matched pair."""
        m.d.comb += [
            self.read.half.eq(matches.p.tag.round),
            self.read.count.eq(matches.p.count),
            self.read.positions.eq(matches.p.positions),
            operands.valid.eq(matches.valid),
            matches.ready.eq(operands.ready),
            operands.p.resident.eq(matches.p.values),
            operands.p.broadcast.eq(self.values),
            operands.p.count.eq(matches.p.count),
            operands.p.last.eq(matches.p.last),
            operands.p.tag.eq(matches.p.tag),
        ]

    def _track(self, m: Module, matches):
        """A patch is needed until a work-item's last match is gathered, a half until its sum."""
        before_gather = 1 + ROW_REGISTERS + _FETCH_CYCLES
        behind_gather = 2 + self.config.tree_levels + 2 + 2
        m.submodules.rounds = rounds = InFlight(before_gather)
        m.submodules.halves = halves = InFlight(before_gather + behind_gather)
        take = self.items.valid & self.items.ready
        m.d.comb += [
            rounds.enter.eq(take),
            rounds.enter_half.eq(self.items.p.tag.round),
            rounds.leave.eq(matches.valid & matches.ready & matches.p.last),
            rounds.leave_half.eq(matches.p.tag.round),
            self.rounds_needed.eq(rounds.needed),
            halves.enter.eq(take),
            halves.enter_half.eq(self.items.p.tag.half),
            halves.leave.eq(self.results.valid & self.results.ready),
            halves.leave_half.eq(self.results.p.tag.half),
            self.halves_needed.eq(halves.needed),
        ]

    def _account(self, m: Module, fetcher: RowFetcher, selector: IndexSelector):
        """Every cycle goes to exactly one activity; a bubble carries its cause down the pipe."""
        bubbles = Signal(data.ArrayLayout(Activity, _FETCH_CYCLES), init=[Activity.MEMORY] * 4)
        m.d.comb += [fetcher.idle.eq(self.idle), self.finished.eq(fetcher.finished)]
        m.d.sync += bubbles[0].eq(fetcher.activity)
        for cycle in range(1, _FETCH_CYCLES):
            m.d.sync += bubbles[cycle].eq(bubbles[cycle - 1])

        matches = selector.o
        with m.If(matches.valid & ~matches.ready):
            # Only a thief's result is ever refused: the owner's port is its own.
            m.d.comb += self.activity.eq(Activity.CONFLICT)
        with m.Elif(selector.starving & ~matches.valid):
            m.d.comb += self.activity.eq(bubbles[_FETCH_CYCLES - 1])
        with m.Else():
            m.d.comb += self.activity.eq(Activity.BUSY)
        transfer = matches.valid & matches.ready
        m.d.comb += self.macs.eq(Mux(transfer, matches.p.count, 0))
