"""Work queue: the work-items of one processing element in one round."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.memory.resident_ram import BankFillLayout
from grus.hw.scheduler.round import RoundLayout

__all__ = ["QueuedItemLayout", "WorkQueue"]


class QueuedItemLayout(data.StructLayout):
    """One end of a work queue: what tells its work-item from the others of the round.

    Members
    -------
    first_row, last_row : :py:`range(resident_rows)`
        Rows, both included.
    offset : :py:`range(patch_positions)`
        Column of the strip, as a distance in the patch.
    address : :py:`range(output_words)`
        Word for the result.
    """

    def __init__(self, config: CraneConfig):
        super().__init__(
            {
                "first_row": range(config.resident_rows),
                "last_row": range(config.resident_rows),
                "offset": range(config.patch_positions),
                "address": range(config.output_words),
            }
        )


class WorkQueue(wiring.Component):
    """List the work-items of one bank: the owner takes from the front, a thief from the back.

    The items are the columns of the round's strip one after the other, and in each column the
    bank's work-items in the order of their rows. Both ends can be read at any time and taken in
    the same cycle; what follows stands there in the next one. `waiting` says how many are left;
    whoever takes one has made sure of that.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Rows, patch, output words.

    Members
    -------
    start : :py:`In(1)`
        Begin `round`; it replaces whatever was left.
    round : :py:`In(RoundLayout(config))`
        With `start`: the round.
    fewer : :py:`In(1)`
        With `start`: this bank has one work-item fewer in each column than the round says.
    fills : :py:`In(ArrayLayout(BankFillLayout(config), 2))`
        Where the rows of each work-item end, in both halves of the bank; the half of the round
        must not change during the round.
    count : :py:`Out(range(output_words + 1))`
        With `start`: work-items of this bank in the round.
    front, back : :py:`Out(QueuedItemLayout(config))`
        The two ends.
    take_front, take_back : :py:`In(1)`
        Take it.
    waiting : :py:`Out(range(output_words + 1))`
        Work-items left.
    """

    def __init__(self, config: CraneConfig):
        self._config = config
        super().__init__(
            {
                "start": In(1),
                "round": In(RoundLayout(config)),
                "fewer": In(1),
                "fills": In(data.ArrayLayout(BankFillLayout(config), 2)),
                "count": Out(range(config.output_words + 1)),
                "front": Out(QueuedItemLayout(config)),
                "back": Out(QueuedItemLayout(config)),
                "take_front": In(1),
                "take_back": In(1),
                "waiting": Out(range(config.output_words + 1)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this queue."""
        return self._config

    def elaborate(self, platform):
        """Two cursors that walk towards each other."""
        m = Module()
        # What a cursor needs of the round after it has begun.
        stride = Signal.like(self.round.items, name="stride", reset_less=True)
        items = Signal.like(self.round.items, name="items", reset_less=True)
        step = Signal.like(self.round.column_step, name="step", reset_less=True)
        half = Signal(reset_less=True)
        with m.If(self.start):
            m.d.sync += [
                stride.eq(self.round.items),
                items.eq(self.round.items - self.fewer),
                step.eq(self.round.column_step),
                half.eq(self.round.resident_half),
            ]
        fill = Signal(BankFillLayout(self.config))
        fills = [self.fills[index].as_value() for index in range(2)]
        m.d.comb += [
            fill.eq(Mux(half, fills[1], fills[0])),
            self.count.eq(self.round.words - Mux(self.fewer, self.round.columns, 0)),
        ]
        self._add_front(m, fill, stride=stride, step=step)
        self._add_back(m, fill, stride=stride, step=step, items=items)
        with m.If(self.start):
            m.d.sync += self.waiting.eq(self.count)
        with m.Else():
            # A thief comes last.
            left = self.waiting - self.take_front
            m.d.sync += self.waiting.eq(Mux(self.take_back, left - 1, left))
        return m

    def _add_front(self, m: Module, fill, *, stride, step):
        """Row and column of the first work-item; it ends at the first end from its row on."""
        rows = self.config.resident_rows
        row = Signal(range(rows), name="front_row")
        offset = Signal(range(self.config.patch_positions), name="front_offset")
        address = Signal(range(self.config.output_words), name="front_address")
        column_address = Signal.like(address, name="front_column_address")
        last_row = Signal(range(rows), name="front_last_row")
        ends = Signal(rows, name="ends_from_front")
        m.d.comb += ends.eq(fill.ends & (((1 << rows) - 1) << row))
        for index in reversed(range(rows)):
            with m.If(ends[index]):
                m.d.comb += last_row.eq(index)
        m.d.comb += [
            self.front.first_row.eq(row),
            self.front.last_row.eq(last_row),
            self.front.offset.eq(offset),
            self.front.address.eq(address),
        ]
        with m.If(self.start):
            m.d.sync += [
                row.eq(0),
                offset.eq(0),
                address.eq(self.round.address),
                column_address.eq(self.round.address),
            ]
        with m.Elif(self.take_front):
            with m.If(last_row == fill.last_row):
                following = column_address + stride
                m.d.sync += [
                    row.eq(0),
                    offset.eq(offset + step),
                    address.eq(following),
                    column_address.eq(following),
                ]
            with m.Else():
                m.d.sync += [row.eq(last_row + 1), address.eq(address + 1)]

    def _add_back(self, m: Module, fill, *, stride, step, items):
        """Last row and column of the last work-item; it begins behind the end before its row."""
        rows = self.config.resident_rows
        row = Signal(range(rows), name="back_row")
        offset = Signal(range(self.config.patch_positions), name="back_offset")
        address = Signal(range(self.config.output_words), name="back_address")
        column_address = Signal.like(address, name="back_column_address")
        first_row = Signal(range(rows), name="back_first_row")
        ends = Signal(rows, name="ends_before_back")
        m.d.comb += ends.eq(fill.ends & ~(((1 << rows) - 1) << row))
        for index in range(rows - 1):
            with m.If(ends[index]):
                m.d.comb += first_row.eq(index + 1)
        m.d.comb += [
            self.back.first_row.eq(first_row),
            self.back.last_row.eq(row),
            self.back.offset.eq(offset),
            self.back.address.eq(address),
        ]
        with m.If(self.start):
            m.d.sync += [
                row.eq(
                    Mux(self.round.resident_half, self.fills[1].last_row, self.fills[0].last_row)
                ),
                offset.eq(self.round.last_offset),
                address.eq(self.round.last_address + self.round.items - self.fewer - 1),
                column_address.eq(self.round.last_address),
            ]
        with m.Elif(self.take_back):
            with m.If(first_row == 0):
                before = column_address - stride
                m.d.sync += [
                    row.eq(fill.last_row),
                    offset.eq(offset - step),
                    address.eq(before + items - 1),
                    column_address.eq(before),
                ]
            with m.Else():
                m.d.sync += [row.eq(first_row - 1), address.eq(address - 1)]
