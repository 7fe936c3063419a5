from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grus.golden.elementwise import add, clip, concatenate, relu

INT16 = st.integers(-32768, 32767)
FRACTIONS = st.integers(-8, 24)


@given(st.lists(INT16))
@settings(deadline=None)
def test_relu_keeps_what_is_not_negative(values):
    assert relu(np.array(values, np.int16)).tolist() == [max(0, value) for value in values]


@given(st.lists(INT16), INT16, INT16)
@settings(deadline=None)
def test_clip_takes_the_nearest_in_range(values, one, other):
    low, high = sorted((one, other))
    expected = [sorted((low, value, high))[1] for value in values]
    assert clip(np.array(values, np.int16), low, high).tolist() == expected


@given(INT16, FRACTIONS, INT16, FRACTIONS, FRACTIONS, st.integers(2, 32))
@settings(max_examples=1000, deadline=None)
def test_sum_of_real_numbers_is_rounded_once(a, a_fraction, b, b_fraction, out_fraction, bits):
    exact = a / Fraction(2) ** a_fraction + b / Fraction(2) ** b_fraction
    rounded = floor(exact * Fraction(2) ** out_fraction + Fraction(1, 2))
    expected = max(-(2 ** (bits - 1)), min(2 ** (bits - 1) - 1, rounded))
    total = add(np.array([a]), a_fraction, np.array([b]), b_fraction, out_fraction, bits)
    assert total.tolist() == [expected]


def test_concatenate_keeps_the_order_of_channels():
    a, b = np.zeros((1, 2, 2), np.int16), np.ones((3, 2, 2), np.int8)
    joined = concatenate([a, b, a], [5, 5, 5])
    assert joined[:, 0, 0].tolist() == [0, 1, 1, 1, 0]
    assert joined.dtype == np.int64


ONES = np.ones((1, 2), int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: relu(ONES / 2), TypeError, r"^values must be of an integer type"),
        (lambda: clip(ONES / 2, 0, 6), TypeError, r"^values must be of an integer type"),
        (
            lambda: clip(ONES, 7, 6),
            ValueError,
            r"^high must be in 7\.\.9223372036854775807, not 6$",
        ),
        (
            lambda: clip(ONES, -(2**63) - 1, 6),
            ValueError,
            r"^low must be in .* not -92233720368547",
        ),
        (lambda: clip(ONES, 0, 6.0), TypeError, r"^high must be an integer, not 6\.0$"),
        (lambda: add(ONES / 2, 0, ONES, 0, 0, 16), TypeError, r"^a must be of an integer type"),
        (lambda: add(ONES, 0, ONES / 2, 0, 0, 16), TypeError, r"^b must be of an integer type"),
        (
            lambda: add(ONES, 0, ONES[0], 0, 0, 16),
            ValueError,
            r"^a and b must have one shape, not \(1, 2\) and \(2,\)$",
        ),
        (
            lambda: add(ONES * 4, 0, ONES, 62, 0, 16),
            ValueError,
            r"^the bound of the aligned sums must be below 2\*\*63, not 18446744073709551617",
        ),
        (lambda: add(ONES, 0, ONES, 0, 0, 33), ValueError, r"^bits must be in 2\.\.32, not 33$"),
        (
            lambda: add(ONES, -40, ONES, 24, 0, 16),
            ValueError,
            r"^finest fraction - a_fraction must be in 0\.\.63, not 64$",
        ),
        (
            lambda: add(ONES, 24, ONES, -40, 0, 16),
            ValueError,
            r"^finest fraction - b_fraction must be in 0\.\.63, not 64$",
        ),
        (
            lambda: concatenate([ONES, ONES], [3, 4]),
            ValueError,
            r"^fractions must be equal, not \[3, 4\]$",
        ),
        (lambda: concatenate([ONES], [3, 3]), ValueError, r"^fractions must be 1 numbers, not 2$"),
        (lambda: concatenate([], []), ValueError, r"^fractions must be equal, not \[\]$"),
        (
            lambda: concatenate([ONES, ONES[:, :1]], [3, 3]),
            ValueError,
            r"^tensors must differ in channels only, not be \[\(1, 2\), \(1, 1\)\]$",
        ),
        (
            lambda: concatenate([ONES, ONES / 2], [3, 3]),
            TypeError,
            r"^tensors\[1\] must be of an integer type within int64, not float64$",
        ),
    ],
)
def test_rejects_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
