"""Kernel walker: reads the rows of an element's own kernels, and knows where their sums go."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.scheduler.round import RoundLayout

__all__ = ["KernelWalker"]


class KernelWalker(wiring.Component):
    """Walk over all rows of a half, once for each column of the round's strip.

    A row is read in every cycle from the one after `start` on; what belongs to it stands at
    `arrives`, `offset` and `address` one cycle later, with the row itself.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Rows, window, output words.

    Members
    -------
    start, works : :py:`In(1)`
        A round begins; this element has a kernel in it.
    round : :py:`In(RoundLayout(config))`
        From the cycle after `start` on: the round.
    last_rows : :py:`In(ArrayLayout(range(resident_rows), 2))`
        Last row of each half; that of the round's must not change.
    fetch, row : :py:`Out(1)`, :py:`Out(range(resident_rows))`
        Read this row.
    done : :py:`Out(1)`
        Nothing is left to read after this cycle.
    ends : :py:`In(1)`
        The row read in the cycle before ends a kernel.
    arrives : :py:`Out(1)`
        A row was read in the cycle before.
    offset : :py:`Out(range(patch_positions))`
        Its column, as a distance in the window.
    address : :py:`Out(range(output_words))`
        Word for its kernel's sum.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        rows = range(config.resident_rows)
        super().__init__(
            {
                "start": In(1),
                "works": In(1),
                "round": In(RoundLayout(config)),
                "last_rows": In(data.ArrayLayout(rows, 2)),
                "fetch": Out(1),
                "row": Out(rows),
                "done": Out(1),
                "ends": In(1),
                "arrives": Out(1),
                "offset": Out(range(config.patch_positions)),
                "address": Out(range(config.output_words)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this walker."""
        return self._config

    def elaborate(self, platform):
        """Rows and columns where rows are read; offset and address where they arrive."""
        m = Module()
        column = Signal.like(self.round.columns)
        column_ends = Signal()
        last_row = Signal.like(self.row)
        m.d.comb += [
            last_row.eq(Mux(self.round.resident_half, self.last_rows[1], self.last_rows[0])),
            column_ends.eq(self.row == last_row),
            self.done.eq(~self.fetch | (column_ends & (column == self.round.columns - 1))),
        ]
        with m.If(self.start):
            m.d.sync += [self.fetch.eq(self.works), self.row.eq(0), column.eq(0)]
        with m.Elif(self.fetch):
            m.d.sync += [
                self.fetch.eq(~self.done),
                self.row.eq(Mux(column_ends, 0, self.row + 1)),
                column.eq(column + column_ends),
            ]

        begun = Signal()  # a cycle later, because rows of the round before may still arrive
        column_ended = Signal(reset_less=True)
        column_address = Signal.like(self.address, reset_less=True)
        following = Signal.like(self.address)
        m.d.sync += [
            begun.eq(self.start),
            self.arrives.eq(self.fetch),
            column_ended.eq(column_ends),
        ]
        m.d.comb += following.eq(column_address + self.round.items)
        with m.If(begun):
            m.d.sync += [
                self.offset.eq(0),
                self.address.eq(self.round.address),
                column_address.eq(self.round.address),
            ]
        with m.Elif(self.arrives & column_ended):
            m.d.sync += [
                self.offset.eq(self.offset + self.round.column_step),
                self.address.eq(following),
                column_address.eq(following),
            ]
        with m.Elif(self.arrives):
            m.d.sync += self.address.eq(self.address + self.ends)
        return m
