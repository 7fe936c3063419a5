"""All processing elements of a Cambricon-X, in the place of Crane's groups."""

from functools import reduce
from operator import or_

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import connect, flipped

from grus.hw.cambricon_x.buffer_controller import BufferController
from grus.hw.cambricon_x.element import RESULT_CYCLES, CambriconXElement
from grus.hw.config import CraneConfig
from grus.hw.core.pe_group import group_members
from grus.hw.layouts import Activity
from grus.hw.memory.output_ram import OutputBank

__all__ = ["CambriconXArray"]

# From a row's read to its operands: the synapse buffer, and the indexing module's running sums.
_FETCH_CYCLES = 2


class CambriconXArray(wiring.Component):
    """Processing elements that own their kernels, and one buffer controller.

    All elements begin a round in the same cycle, read a row in every cycle until theirs are
    through, and never wait for each other inside of it; so what is in the pipelines of all of them
    belongs to the same rounds, and one choice of the halves serves all. The next round begins
    with the cycle in which the last element reads its last row.

    Source: Cambricon-X as notes tell of it; that all elements work on the same window is a
    reconstruction: the buffer controller holds one.

    Parameters
    ----------
    config : :class:`CraneConfig`
        All that is inside.

    Members
    -------
    **all
        As in :class:`grus.hw.core.pe_group.PeGroup`; `moved` is never set.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(group_members(config))

    @property
    def config(self) -> CraneConfig:
        """Parameters of this array."""
        return self._config

    def elaborate(self, platform):
        """Elements and banks around the buffer controller; then what the core must know."""
        m = Module()
        config = self.config
        m.submodules.controller = controller = BufferController(config)
        connect(m, flipped(self.broadcast), controller.broadcast)
        start = Signal()
        output_half = Signal(reset_less=True)
        m.d.sync += output_half.eq(self.round.output_half)
        done = Signal(config.pes)
        fetching = Signal(config.pes)
        for pe in range(config.pes):
            m.submodules[f"pe_{pe}"] = element = CambriconXElement(config)
            m.submodules[f"bank_{pe}"] = bank = OutputBank(config)
            connect(m, element.rows, controller.rows[pe])
            connect(m, controller.operands[pe], element.operands)
            connect(m, element.results, bank.i)
            m.d.comb += [
                element.writes.valid.eq(self.writes.valid & (self.writes.p.bank == pe)),
                element.writes.payload.eq(self.writes.payload),
                element.start.eq(start),
                element.works.eq((self.rounds.p.items != 1) | ~self.fewer[pe]),
                element.round.eq(self.round),
                element.output_half.eq(output_half),
                done[pe].eq(element.done),
                fetching[pe].eq(element.fetching),
                bank.drains.valid.eq(self.drains.valid),
                bank.drains.payload.eq(self.drains.payload),
                self.drained[pe].eq(bank.drained),
            ]
        m.d.comb += [
            self.rounds.ready.eq(done.all()),
            start.eq(self.rounds.valid & self.rounds.ready),
            self.fetching.eq(fetching.any()),
        ]
        with m.If(start):
            m.d.sync += self.round.eq(self.rounds.p)
        self._track(m, controller)
        self._account(m, controller)
        return m

    def _track(self, m: Module, controller: BufferController):
        """Halves travel along with the rows that need them."""
        to_result = _FETCH_CYCLES + RESULT_CYCLES + self.config.tree_levels
        for needed, half, cycles in (
            (self.patches_needed, self.round.patch_half, _FETCH_CYCLES),
            (self.outputs_needed, self.round.output_half, to_result),
        ):
            trail = Signal(data.ArrayLayout(2, cycles))
            m.d.sync += trail.as_value().eq(Cat(self.fetching << half, trail.as_value()))
            m.d.comb += needed.eq(reduce(or_, trail))
            if cycles == _FETCH_CYCLES:
                m.d.comb += controller.half.eq(trail[-1][1])

    def _account(self, m: Module, controller: BufferController):
        """Every cycle goes to exactly one activity, told a cycle after the operands have left."""
        cycles = _FETCH_CYCLES + 1
        bubbles = Signal(data.ArrayLayout(Activity, cycles), init=[Activity.MEMORY] * cycles)
        m.d.sync += bubbles[0].eq(self.idle)
        for cycle in range(1, cycles):
            m.d.sync += bubbles[cycle].eq(bubbles[cycle - 1])
        for pe in range(self.config.pes):
            m.d.comb += [
                self.activities[pe].eq(
                    Mux(controller.worked[pe], Activity.BUSY, bubbles[cycles - 1])
                ),
                self.macs[pe].eq(controller.effectual[pe]),
            ]
