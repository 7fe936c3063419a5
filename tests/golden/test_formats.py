import itertools
from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grus.golden.formats import (
    accumulator_bits,
    largest_bias,
    requantise,
    saturate,
    signed_range,
)

INT64 = st.integers(-(2**63), 2**63 - 1)


def clamp(value, bits):
    return max(-(2 ** (bits - 1)), min(2 ** (bits - 1) - 1, value))


@pytest.mark.parametrize(
    ("bits", "low", "high"),
    [(1, -1, 0), (2, -2, 1), (16, -32768, 32767), (64, -(2**63), 2**63 - 1)],
)
def test_signed_range(bits, low, high):
    assert signed_range(bits) == (low, high)


@given(st.lists(INT64), st.integers(1, 64))
@settings(deadline=None)
def test_saturate_takes_the_nearest_number(values, bits):
    expected = [clamp(value, bits) for value in values]
    assert saturate(np.array(values, np.int64), bits).tolist() == expected


@given(INT64 | st.integers(-(2**40), 2**40), st.integers(-80, 80), st.integers(2, 32))
@settings(max_examples=1000, deadline=None)
def test_requantise_equals_exact_fractions(accumulator, shift, bits):
    exact = Fraction(accumulator) / Fraction(2) ** shift
    expected = clamp(floor(exact + Fraction(1, 2)), bits)
    assert requantise(np.array([accumulator]), shift, bits).tolist() == [expected]


@pytest.mark.parametrize(
    ("accumulator", "shift", "result"),
    [
        (1, 1, 1),  # a half goes up
        (-1, 1, 0),
        (-3, 1, -1),
        (3, 2, 1),
        (5, 0, 5),
        (5, -2, 20),
        (2**63 - 1, 49, 16384),  # adding half a unit first would overflow
        (2**63 - 1, 63, 1),
        (2**63 - 1, 64, 0),  # just below a half
        (-(2**63), 64, 0),  # minus a half
        (-(2**63), 63, -1),
        (-1, 10**6, 0),
        (1, -(10**6), 32767),
        (0, -(10**6), 0),
        (-1, -(10**6), -32768),
    ],
)
def test_requantise_at_its_limits(accumulator, shift, result):
    assert requantise(np.array([accumulator]), shift, 16).tolist() == [result]


def test_requantise_keeps_the_shape():
    assert requantise(np.zeros((2, 0, 3), np.int32), 4, 8).shape == (2, 0, 3)


@given(st.integers(2, 32), st.integers(1, 1 << 20) | st.sampled_from([2**n for n in range(20)]))
@settings(max_examples=300, deadline=None)
def test_accumulator_holds_both_extremes_and_is_tight(data_bits, terms):
    lowest, highest = -(2 ** (data_bits - 1)), 2 ** (data_bits - 1) - 1
    bias = largest_bias(data_bits, terms)
    assert bias == terms * lowest * lowest
    sums = [
        sign * bias + terms * product
        for sign in (-1, 1)
        for product in (lowest * lowest, lowest * highest)
    ]
    bits = accumulator_bits(data_bits, terms)
    assert all(clamp(value, bits) == value for value in sums)
    assert any(clamp(value, bits - 1) != value for value in sums)


@pytest.mark.parametrize(("data_bits", "terms"), [(2, 1), (2, 2), (2, 3), (3, 1), (3, 2)])
def test_accumulator_holds_every_sum_there_is(data_bits, terms):
    data = range(-(2 ** (data_bits - 1)), 2 ** (data_bits - 1))
    products = {a * b for a in data for b in data}
    bias = largest_bias(data_bits, terms)
    sums = {sum(some) for some in itertools.combinations_with_replacement(products, terms)}
    low, high = min(sums) - bias, max(sums) + bias
    needed = next(
        bits for bits in range(1, 64) if clamp(low, bits) == low and clamp(high, bits) == high
    )
    assert accumulator_bits(data_bits, terms) == needed


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: signed_range(0), ValueError, r"^bits must be in 1\.\.64, not 0$"),
        (lambda: signed_range(65), ValueError, r"^bits must be in 1\.\.64, not 65$"),
        (lambda: signed_range(8.0), TypeError, r"^bits must be an integer, not 8\.0$"),
        (lambda: saturate(np.zeros(1), 8), TypeError, "^values must be of an integer type"),
        (lambda: saturate(np.zeros(1, int), 0), ValueError, r"^bits must be in 1\.\.64, not 0$"),
        (lambda: requantise(np.zeros(1), 1, 8), TypeError, "^accumulators must be of an integer"),
        (
            lambda: requantise(np.zeros(1, int), 1, 33),
            ValueError,
            r"^bits must be in 2\.\.32, not 33",
        ),
        (
            lambda: requantise(np.zeros(1, int), 0.5, 8),
            TypeError,
            "^shift must be an integer, not 0.5",
        ),
        (lambda: accumulator_bits(1, 9), ValueError, r"^data_bits must be in 2\.\.32, not 1$"),
        (lambda: accumulator_bits(16, 0), ValueError, "^terms must be at least 1, not 0$"),
        (lambda: largest_bias(40, 9), ValueError, r"^data_bits must be in 2\.\.32, not 40$"),
        (lambda: largest_bias(16, 0), ValueError, "^terms must be at least 1, not 0$"),
    ],
)
def test_rejects_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
