"""What a work queue promises: to be the bank's list of work-items, open at both ends."""

from amaranth.hdl import Module

from tests.formal.bank_reference import BankReference, Cursor
from tests.formal.opened import Opened
from tests.formal.specification import Specification, all_of, claim, given, implies, reachable

__all__ = ["QueueInside", "WorkQueueSpec"]


class QueueInside:
    """Registers of one work queue, and what is true of them while work-items wait."""

    FRONT = ("front_row", "front_offset", "front_address", "front_column_address")
    BACK = ("back_row", "back_offset", "back_address", "back_column_address")
    ROUND = ("stride", "items", "step", "half")

    def __init__(self, signals):
        """`signals` finds a register by its name."""
        for name in (*self.FRONT, *self.BACK, *self.ROUND):
            setattr(self, name, signals(name))

    def sound(self, bank: BankReference, front: Cursor, back: Cursor, waiting):
        """Each cursor of the queue stands where the reference's does."""
        at_hand = bank.round
        left = (back.column - front.column) * bank.items + back.index - front.index + 1
        return implies(
            waiting != 0,
            all_of(
                [
                    bank.count != 0,
                    waiting == left,
                    front.column <= back.column,
                    back.column < at_hand.columns,
                    front.index < bank.items,
                    back.index < bank.items,
                    self.stride == at_hand.items,
                    self.items == bank.items,
                    self.step == at_hand.column_step,
                    self.half == at_hand.resident_half,
                    self.front_row == bank.first_row(front.index),
                    self.front_offset == bank.offset(front.column),
                    self.front_column_address == bank.address(front.column, 0),
                    self.front_address == bank.address(front.column, front.index),
                    self.back_row == bank.last_row_of(back.index),
                    self.back_offset == bank.offset(back.column),
                    self.back_column_address == bank.address(back.column, 0),
                    self.back_address == bank.address(back.column, back.index),
                ]
            ),
        )


class WorkQueueSpec(Specification):
    """Both ends show the work-item that is next from there, until none is left.

    Nobody takes more than is left, and nobody begins a round that is none.
    """

    def __init__(self, component):
        super().__init__(component)
        self.opened = Opened(component)

    def instance(self):
        return self.opened

    def specify(self, m: Module, component):
        config, start, waiting = component.config, component.start, component.waiting
        bank = BankReference(
            m,
            config,
            start=start,
            round=component.round,
            fewer=component.fewer,
            fills=component.fills,
            waiting=waiting,
        )
        given(m, component.take_front + component.take_back <= waiting)
        items = component.round.items - component.fewer
        front = Cursor(m, bank, "front", start=start, take=component.take_front)
        end = (component.round.columns, items)
        back = Cursor(m, bank, "back", start=start, take=component.take_back, end=end)
        left = (back.column - front.column) * bank.items + back.index - front.index + 1
        some = (waiting != 0) & ~start
        shown = implies(some, bank.is_item(component.front, front.column, front.index))
        claim(m, "front_is_the_first_left", shown)
        shown = implies(some, bank.is_item(component.back, back.column, back.index))
        claim(m, "back_is_the_last_left", shown)
        claim(m, "counts_what_waits", implies(waiting != 0, waiting == left))
        claim(
            m,
            "counts_the_round",
            implies(start, component.count == items * component.round.columns),
        )
        claim(m, "invariant_bank", bank.consistent())
        claim(
            m, "invariant_inside", QueueInside(self.opened.signal).sound(bank, front, back, waiting)
        )
        both = component.take_front & component.take_back
        reachable(
            m,
            "two_columns_taken_at_both_ends",
            both & (front.column == 0) & (back.column == 1) & (bank.items == 2),
        )
