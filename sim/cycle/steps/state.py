"""The array in one cycle, for going step by step."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import compiled

__all__ = [
    "BACK",
    "BANK",
    "BEGAN",
    "COUNTER",
    "ENDED",
    "FIELDS",
    "FRONT",
    "GATHER_HEAD",
    "HELD",
    "ITEMS",
    "ITEM_TAIL",
    "JOINING",
    "LOCATED",
    "LOG_FIELDS",
    "MATCHED",
    "ON_ITS_WAY",
    "PAIRS",
    "PLACE",
    "PRODUCTS",
    "REFUSED",
    "REGISTERS",
    "RESULT_HEAD",
    "RESULT_REGISTERS",
    "ROW",
    "ROWS",
    "ROW_HEAD",
    "ROW_REGISTERS",
    "ROW_TAIL",
    "STOP",
    "TOOK",
    "TOTAL",
    "TREE",
    "TREE_LAST",
    "WAITING",
    "WORKS",
    "Stepped",
    "new_stepped",
]

ROW_REGISTERS = 3
RESULT_REGISTERS = 2
ROWS = 8  # places for rows between grant and joiner
ITEMS = 64  # places for work-items between their take and their result
# Fields of an element.
WORKS = 0  # the fetcher has a work-item: its row, the one behind its last, its inputs, its bank
ROW = 1
STOP = 2
PLACE = 3
BANK = 4
TOOK = 5  # cycle in which an idle fetcher took it, or -1
BEGAN = 6  # start of its round
REFUSED = 7  # cycles in which the request at hand was refused
ON_ITS_WAY = 8  # a row
REGISTERS = 9  # rows in the row registers
LOCATED = 10  # a row in the pair locator, in the matcher
MATCHED = 11
PAIRS = 12  # in the joiner
JOINING = 13
ENDED = 14
HELD = 15  # a match before and behind the multipliers: 1, or 2 if it is the last of its work-item
PRODUCTS = 16
TREE = 17  # levels of the adder tree that hold something, and the last of a work-item
TREE_LAST = 18
TOTAL = 19  # a result in the last-level adder
WAITING = 20  # results in the result registers
FRONT = 21  # first and last-but-one work-item that waits in its queue
BACK = 22
COUNTER = 23  # work-items left
ROW_HEAD = 24  # rows that have entered the joiner, and rows granted
ROW_TAIL = 25
GATHER_HEAD = 26  # work-items whose matches are gathered, whose results are taken, that are taken
RESULT_HEAD = 27
ITEM_TAIL = 28
FIELDS = 29
# Of a work-item in the log: element, bank, kernel, column of its strip, start of its round, cycles
# in which it is taken and in which its last row is granted.
LOG_FIELDS = 7


class Stepped(NamedTuple):
    """The array in one cycle.

    Attributes
    ----------
    pe : ndarray of int64, shape (elements, FIELDS)
        Elements.
    rows : ndarray of int64, shape (elements, places, 5)
        Rows under way: hits, last, cycles refused, cycle of the take, start of the round.
    items : ndarray of int64, shape (elements, places, 3)
        Work-items under way: bank, half of the output RAM, half of the broadcast buffers.
    round : ndarray of int64, shape (8,)
        The round at hand: start, first kernel, kernels, columns, place, half of the output RAM,
        stealing, half of the broadcast buffers.
    clock : ndarray of int64, shape (3,)
        Next cycle; cycle in which the last work-item was finished; work-items stolen.
    ungathered, gathered : ndarray of int64, shape (2,)
        Work-items that need a half of the broadcast buffers; when the last one left.
    untaken, taken : ndarray of int64, shape (2,)
        The same for the halves of the output RAM.
    log : ndarray of int64, shape (work-items, LOG_FIELDS)
        Work-items in the order in which they are taken, if it has places at all.
    logged : ndarray of int64, shape (elements + 1,)
        Place in the log of each element's work-item, and how many there are.
    """

    pe: NDArray[np.int64]
    rows: NDArray[np.int64]
    items: NDArray[np.int64]
    round: NDArray[np.int64]
    clock: NDArray[np.int64]
    ungathered: NDArray[np.int64]
    gathered: NDArray[np.int64]
    untaken: NDArray[np.int64]
    taken: NDArray[np.int64]
    log: NDArray[np.int64]
    logged: NDArray[np.int64]


@compiled
def new_stepped(pes):
    """Nothing under way in cycle 0."""
    return Stepped(
        np.zeros((pes, FIELDS), np.int64),
        np.zeros((pes, ROWS, 5), np.int64),
        np.zeros((pes, ITEMS, 3), np.int64),
        np.zeros(8, np.int64),
        np.zeros(3, np.int64),
        np.zeros(2, np.int64),
        np.full(2, -1000, np.int64),
        np.zeros(2, np.int64),
        np.full(2, -1000, np.int64),
        np.zeros((0, LOG_FIELDS), np.int64),
        np.zeros(pes + 1, np.int64),
    )
