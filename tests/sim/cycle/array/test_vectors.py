"""Vectors do in each lane what numpy does in each element."""

import numpy as np
import pytest

from grus.compiled import borrowing
from grus.sim.cycle.array.vectors import (
    LANES,
    WORDS,
    broadcast,
    count_each,
    gather,
    load_lanes,
    load_words,
    marks_above,
    smaller,
    store_halves,
    store_lanes,
    where,
)


@borrowing
def apply_to_lanes(left, right, marks, results):
    first, second = load_lanes(left, 1), load_lanes(right, 0)  # no place is aligned
    store_lanes(results, 0, first + second)
    store_lanes(results, LANES, first - second)
    store_lanes(results, 2 * LANES, first * second)
    store_lanes(results, 3 * LANES, first & second)
    store_lanes(results, 4 * LANES, first | second)
    store_lanes(results, 5 * LANES, smaller(first, second))
    store_lanes(results, 6 * LANES, where(marks, first, second))
    store_lanes(results, 7 * LANES, first + broadcast(np.int32(-3)))
    return marks_above(first, second)


@borrowing
def gather_marked(rows, places, marks, results):
    store_lanes(results, 0, gather(rows, load_lanes(places, 0), marks))


@borrowing
def count_masked(words, mask, counts):
    ones = broadcast(np.uint64(0))
    ones += count_each(load_words(words, 1) & broadcast(mask))
    store_halves(counts, 1, ones)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_lanes(rng):
    left = rng.integers(-(2**31), 2**31, LANES + 1).astype(np.int32)
    right = rng.integers(-(2**31), 2**31, LANES).astype(np.int32)
    right[3] = left[4]  # neither is above the other
    marks = int(rng.integers(1 << LANES))
    results = np.zeros(8 * LANES, np.int32)
    above = apply_to_lanes(left, right, np.uint64(marks), results)
    first = left[1:]
    marked = np.array([marks >> lane & 1 for lane in range(LANES)], bool)
    expected = [
        first + right,
        first - right,
        first * right,
        first & right,
        first | right,
        np.minimum(first, right),
        np.where(marked, first, right),
        first - np.int32(3),
    ]
    assert results.tolist() == np.concatenate(expected).tolist()
    assert [above >> lane & 1 for lane in range(64)] == [*(first > right), *[False] * 48]


def test_gathers_only_what_is_marked(rng):
    rows = rng.integers(1 << 16, size=101).astype(np.uint16)
    places = rng.integers(100, size=LANES).astype(np.int32)
    places[:2] = 99  # the last but one: what lies behind is read, and left out
    marks = 0b0101_1010_0000_0011
    results = np.zeros(LANES, np.int32)
    gather_marked(rows, places, np.uint64(marks), results)
    expected = [int(rows[place]) * (marks >> lane & 1) for lane, place in enumerate(places)]
    assert results.tolist() == expected


def test_counts_the_ones_of_each_word(rng):
    words = rng.integers(1 << 63, size=WORDS + 1).astype(np.uint64) << np.uint64(1)
    mask = np.uint64(0xFFFF_0000_FFFF_FFFF)
    counts = np.zeros(WORDS + 1, np.uint16)
    count_masked(words, mask, counts)
    assert counts.tolist() == [0, *(int(word & mask).bit_count() for word in words[1:])]
