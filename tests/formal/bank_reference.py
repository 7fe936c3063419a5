"""The work-items of one bank in one round, written down as a table."""

from functools import reduce
from operator import add, or_

from amaranth.hdl import Module, Mux, Signal, Value

from grus.hw.scheduler.round import RoundLayout
from tests.formal.specification import all_of, given, implies

__all__ = ["BankReference", "Cursor"]


class BankReference:
    """What a bank holds in the round at hand, from the cycle after `start`.

    A work-item is named by its column in the strip and its index in that column. Adds to `m` what
    is known of a legal round, and that its rows stay as they are while work-items wait.

    Parameters
    ----------
    m : Module
        Where the reference lives.
    config : CraneConfig
        Sizes.
    start, round, fewer, fills : Value
        What the work queue of the bank is told.
    waiting : Value
        Work-items of the bank that are left.
    """

    def __init__(self, m: Module, config, *, start, round, fewer, fills, waiting):
        self._config = config
        self._rows = range(config.resident_rows)
        self.columns_limit = config.output_words
        self.round = Signal(RoundLayout(config), name="round_at_hand")
        self.items = Signal(range(config.resident_rows + 1), name="items_in_a_column")
        self.ends = Signal(config.resident_rows, name="rows_that_end")
        self.last_row = Signal(range(config.resident_rows), name="last_row_in_use")
        self.count = Signal(range(config.output_words + 1), name="items_in_the_round")
        half = Mux(start, round.resident_half, self.round.resident_half)
        fill = [Mux(half, fills[1][name], fills[0][name]) for name in ("ends", "last_row")]
        items = Signal.like(self.items, name="items_to_come")
        in_use = fill[0] & ~(~1 << fill[1])
        m.d.comb += items.eq(round.items - fewer)
        given(m, implies(start, self._legal(config, round)))
        given(m, implies(start & (items != 0), self._matches(in_use, fill[1], items)))
        same = (in_use == self.ends) & (fill[1] == self.last_row)
        given(m, implies(~start & (waiting != 0), same))
        with m.If(start):
            m.d.sync += [
                self.round.eq(round),
                self.items.eq(items),
                self.ends.eq(in_use),
                self.last_row.eq(fill[1]),
                self.count.eq(items * round.columns),
            ]

    def _legal(self, config, round):
        """What the round sequencer sees to."""
        return all_of(
            [
                round.items >= 1,
                round.items <= config.resident_rows,
                round.columns >= 1,
                round.words == round.items * round.columns,
                round.address + round.words <= config.output_words,
                round.last_address == round.address + (round.columns - 1) * round.items,
                round.last_offset == (round.columns - 1) * round.column_step,
            ]
        )

    def _matches(self, ends, last_row, items):
        """As many rows end a work-item as there are work-items, and the last row is one."""
        total = reduce(add, (ends[row] for row in self._rows))
        in_range = last_row < len(self._rows)
        return in_range & (total == items) & Value.cast(ends).bit_select(last_row, 1)

    def consistent(self):
        """Holds in every cycle: the round at hand is legal."""
        at_hand = self.round
        return implies(
            self.count != 0,
            all_of(
                [
                    self._legal(self._config, at_hand),
                    self._matches(self.ends, self.last_row, self.items),
                    self.count == at_hand.columns * self.items,
                    (self.items == at_hand.items) | (self.items == at_hand.items - 1),
                ]
            ),
        )

    @property
    def columns(self):
        """Columns of the strip."""
        return self.round.columns

    def first_row(self, index):
        """First row of the work-item of that index."""
        begins = [1, *(self.ends[row] for row in self._rows[:-1])]
        return self._row(lambda row: begins[row] & (self._before(row) == index))

    def last_row_of(self, index):
        """Last row of the work-item of that index."""
        return self._row(lambda row: self.ends[row] & (self._before(row) == index))

    def offset(self, column):
        """Where the column begins in the patch."""
        return column * self.round.column_step

    def address(self, column, index):
        """Word for the result."""
        return self.round.address + column * self.round.items + index

    def is_item(self, item, column, index):
        """`item` is the work-item of that column and index."""
        return all_of(
            [
                item.first_row == self.first_row(index),
                item.last_row == self.last_row_of(index),
                item.offset == self.offset(column),
                item.address == self.address(column, index),
            ]
        )

    def _before(self, row):
        """Work-items that end before `row`."""
        return reduce(add, (self.ends[earlier] for earlier in range(row)), Value.cast(0))

    def _row(self, is_it):
        return reduce(or_, (Mux(is_it(row), row, 0) for row in self._rows))


class Cursor:
    """A column and an index that walk over the work-items.

    Parameters
    ----------
    m : Module
        Where the cursor lives.
    bank : BankReference
        The work-items.
    name : str
        Beginning of the names of its registers.
    start, take : Value
        A round begins; the work-item under the cursor is taken.
    end : pair of Value, optional
        Columns and work-items in a column of the round that begins, if the cursor is to walk from
        the last work-item to the first.
    """

    def __init__(self, m: Module, bank: BankReference, name: str, *, start, take, end=None):
        self.column = Signal(range(bank.columns_limit + 1), name=f"{name}_column")
        self.index = Signal.like(bank.items, name=f"{name}_index")
        columns, items = end or (1, 1)
        step, first, last = (1, 0, bank.items - 1) if end is None else (-1, bank.items - 1, 0)
        with m.If(start):
            m.d.sync += [self.column.eq(columns - 1), self.index.eq(items - 1)]
        with m.Elif(take & (self.index == last)):
            m.d.sync += [self.column.eq(self.column + step), self.index.eq(first)]
        with m.Elif(take):
            m.d.sync += self.index.eq(self.index + step)
