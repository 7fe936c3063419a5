"""The array of elements in one cycle: a lane of a vector, and a bit of a word, for each element."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiled import compiled, inlined
from grus.sim.cycle.array.hits import Hits
from grus.sim.cycle.array.vectors import LANES, broadcast, load_lanes, store_lanes, where

__all__ = [
    "ALL_LEFT",
    "AT_WORK",
    "CLOCK",
    "COUNTERS",
    "DUE_HALF",
    "DUE_LAST",
    "DUE_MATCH",
    "DUE_STOLEN",
    "ENDED",
    "FETCHING",
    "FULL",
    "FULL_HALF",
    "FULL_STOLEN",
    "GATHERED",
    "HIGH",
    "ITEM_HALF",
    "ITEM_PATCH",
    "ITEM_STOLEN",
    "JOINING",
    "KEPT",
    "LANE_FIELDS",
    "LEFT",
    "LOCATED",
    "LOCATED_ROW",
    "LOGGED",
    "LOW",
    "MATCHED",
    "MATCHED_ROW",
    "ON_ITS_WAY",
    "PAIRS",
    "PLACE",
    "REFUSED",
    "REGISTER_0",
    "REGISTER_1",
    "REGISTER_2",
    "ROW_ON_ITS_WAY",
    "SLOTS",
    "STEALS",
    "TAG",
    "TAKEN",
    "THIEF",
    "UNGATHERED",
    "UNTAKEN",
    "WAITS",
    "WAITS_HALF",
    "WAITS_STOLEN",
    "WORKS",
    "Lanes",
    "add_marked",
    "lane_place",
    "new_lanes",
    "slot_of",
]

# Numbers, one of 32 bits for each element. Rows hold their hits and, from bit 15 on, their marks.
PAIRS = 0  # in the joiner
ROW_ON_ITS_WAY = 1
REGISTER_0 = 2  # row registers
REGISTER_1 = 3
REGISTER_2 = 4
LOCATED_ROW = 5  # in the pair locator, and in the matcher
MATCHED_ROW = 6
PLACE = 7  # of the next row's hits
TAG = 8  # marks of the rows of the work-item at hand
LEFT = 9  # own work-items that wait in the queue
# BUSY to MACS: what the element has counted.
KEPT = 18  # own work-items of the round that are not stolen
LANE_FIELDS = 19
COUNTERS = 8  # from BUSY on

# Marks, one for each element.
WORKS = 0  # the fetcher has a work-item
THIEF = 1  # it is stolen
ON_ITS_WAY = 2  # a row
LOW = 3  # rows in the row registers, in binary
HIGH = 4
LOCATED = 5
MATCHED = 6
JOINING = 7
ENDED = 8  # the joiner has the last row of a work-item
ITEM_PATCH = 9  # of that work-item: its halves of the broadcast buffers and of the output RAM
ITEM_HALF = 10
ITEM_STOLEN = 11
WAITS = 12  # a result in the first register before the arbiter, and in the second
FULL = 13
WAITS_HALF = 14
WAITS_STOLEN = 15
FULL_HALF = 16
FULL_STOLEN = 17
MARKS = 18

# Marks of the cycles around this one, SLOTS of each.
DUE_MATCH = 0  # a match is due before the arbiter
DUE_LAST = 1  # it is the last of its work-item, whose half of the output RAM is
DUE_HALF = 2
DUE_STOLEN = 3
FETCHING = 4  # the fetcher had a work-item, or took one; its request was refused
REFUSED = 5
DUES = 6
SLOTS = 64

# Counts.
CLOCK = 0  # next cycle
STEALS = 1
AT_WORK = 2  # the round at hand is not finished
ALL_LEFT = 3  # work-items that wait in queues
UNGATHERED = 4  # work-items that need each half of the broadcast buffers; when the last was there
GATHERED = 6
UNTAKEN = 8  # the same for the halves of the output RAM
TAKEN = 10
LOGGED = 12  # entries of the log
COUNTS = 13
_LOG = 1024


class Lanes(NamedTuple):
    """The array.

    Attributes
    ----------
    lanes : ndarray of int32
        Numbers; see :func:`lane_place`.
    marks : ndarray of uint64, shape (MARKS,)
        Marks.
    due : ndarray of uint64
        Marks of other cycles; see :func:`slot_of`.
    counts : ndarray of int64, shape (COUNTS,)
        Counts.
    bank : ndarray of int64, shape (elements,)
        From whom the work-item at hand is stolen.
    banks, first_bank, behind_bank : ndarray of int64
        Rings of the banks that an element's stolen results go to, and how many went in and out.
    log : ndarray of int64, shape (entries, 2)
        Idle cycles whose reason is not known yet: the first and the last.
    log_marks : ndarray of uint64, shape (entries,)
        Who was idle.
    hits : Hits
        Effectual pairs of the rows of a tile.
    """

    lanes: NDArray[np.int32]
    marks: NDArray[np.uint64]
    due: NDArray[np.uint64]
    counts: NDArray[np.int64]
    bank: NDArray[np.int64]
    banks: NDArray[np.int64]
    first_bank: NDArray[np.int64]
    behind_bank: NDArray[np.int64]
    log: NDArray[np.int64]
    log_marks: NDArray[np.uint64]
    hits: Hits


@compiled
def new_lanes(pes, hits):
    """An idle array before cycle 0."""
    counts = np.zeros(COUNTS, np.int64)
    counts[GATHERED : GATHERED + 2] = counts[TAKEN : TAKEN + 2] = -1000
    return Lanes(
        np.zeros((pes + LANES - 1) // LANES * LANES * LANE_FIELDS, np.int32),
        np.zeros(MARKS, np.uint64),
        np.zeros(DUES * SLOTS, np.uint64),
        counts,
        np.zeros(pes, np.int64),
        np.zeros((pes, SLOTS), np.int64),
        np.zeros(pes, np.int64),
        np.zeros(pes, np.int64),
        np.zeros((_LOG, 2), np.int64),
        np.zeros(_LOG, np.uint64),
        hits,
    )


@inlined
def lane_place(field, pe):
    """Where an element's number stands; its neighbours in the same vector stand beside it."""
    return (pe // LANES * LANE_FIELDS + field) * LANES + pe % LANES


@inlined
def slot_of(due, cycle):
    """Where marks of a cycle stand."""
    return np.uint64(due * SLOTS + (cycle & (SLOTS - 1)))


@inlined
def add_marked(state, field, marks, amount):
    """Add to a number of all marked elements."""
    chunk = 0
    while marks:
        place = lane_place(field, chunk)
        old = load_lanes(state.lanes, place)
        store_lanes(state.lanes, place, where(marks, old + broadcast(amount), old))
        marks >>= np.uint64(LANES)
        chunk += LANES
