from fractions import Fraction
from math import floor, inf, nan, nextafter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grus.golden.quantisation import dequantise, fraction_for, quantise, quantise_bias

REALS = st.floats(-1e9, 1e9)
HALVES = st.integers(-(2**20), 2**20).map(lambda number: number / 2)


def rounded(value, fraction):
    return floor(Fraction(value) * Fraction(2) ** fraction + Fraction(1, 2))


@given(st.floats(0, 1e12, exclude_min=True), st.integers(2, 32))
@settings(max_examples=500, deadline=None)
def test_fraction_is_the_finest_that_fits(largest, bits):
    fraction = fraction_for(largest, bits)
    limit = 2 ** (bits - 1) - 1
    scaled = Fraction(largest) * Fraction(2) ** fraction
    assert scaled <= limit
    assert fraction == 24 or (fraction < 24 and 2 * scaled > limit)


@pytest.mark.parametrize("power", range(-20, 24))
def test_fraction_changes_exactly_at_the_largest_number(power):
    largest = 32767 * 2.0**-power
    assert fraction_for(largest, 16) == power
    assert fraction_for(nextafter(largest, inf), 16) == power - 1


@pytest.mark.parametrize(("bits", "fraction"), [(2, 1), (16, 15), (32, 31)])
def test_fraction_of_nothing(bits, fraction):
    assert fraction_for(0, bits) == fraction


@given(REALS | HALVES, st.integers(-24, 24), st.integers(2, 32))
@settings(max_examples=1000, deadline=None)
def test_quantise_equals_exact_fractions(value, fraction, bits):
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    expected = max(low, min(high, rounded(value, fraction)))
    assert quantise(np.array([value]), fraction, bits).tolist() == [expected]


@given(REALS | HALVES, st.integers(-24, 33))
@settings(max_examples=500, deadline=None)
def test_bias_equals_exact_fractions(value, fraction):
    assert quantise_bias(np.array([value]), fraction).tolist() == [rounded(value, fraction)]


def test_rounding_is_that_of_the_real_number_not_of_a_sum():
    almost_half = nextafter(0.5, 0)  # in float64, 0.5 more of it is 1
    assert quantise(np.array([almost_half, -almost_half, 0.5, -0.5]), 0, 8).tolist() == [0, 0, 1, 0]
    assert quantise_bias(np.array([2.0**52 + 1]), 0).tolist() == [2**52 + 1]


@given(st.lists(st.integers(-32768, 32767)), st.integers(-24, 24))
@settings(deadline=None)
def test_dequantise_is_undone_exactly(values, fraction):
    reals = dequantise(np.array(values, np.int16), fraction)
    assert reals.tolist() == [float(Fraction(value) / Fraction(2) ** fraction) for value in values]
    assert quantise(reals, fraction, 16).tolist() == values


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: fraction_for(-1.0, 16), ValueError, r"^largest must be finite .*, not -1\.0$"),
        (lambda: fraction_for(inf, 16), ValueError, "^largest must be finite .*, not inf$"),
        (lambda: fraction_for(nan, 16), ValueError, "^largest must be finite .*, not nan$"),
        (lambda: fraction_for(1.0, 1), ValueError, r"^bits must be in 2\.\.32, not 1$"),
        (lambda: quantise(np.array([1, nan]), 4, 16), ValueError, "^values must be .* 4, not nan$"),
        (
            lambda: quantise(np.array([1e308]), 9, 16),
            ValueError,
            r"^values must .* 9, not 1e\+308$",
        ),
        (lambda: quantise(np.ones(1), 4, 33), ValueError, r"^bits must be in 2\.\.32, not 33$"),
        (lambda: quantise(np.ones(1), 200, 16), ValueError, r"^fraction must be in -128\.\.128, "),
        (
            lambda: quantise(np.ones(1), 0.5, 16),
            TypeError,
            r"^fraction must be an integer, not 0\.5",
        ),
        (
            lambda: quantise_bias(np.array([-inf]), 4),
            ValueError,
            "^bias must be finite .* not -inf$",
        ),
        (
            lambda: quantise_bias(np.ones(1), 63),
            ValueError,
            r"^bias must stay below 2\*\*63 units, ",
        ),
        (lambda: dequantise(np.ones(1), 4), TypeError, "^values must be of an integer type"),
        (
            lambda: dequantise(np.ones(1, int), 129),
            ValueError,
            r"^fraction must be in -128\.\.128, ",
        ),
    ],
)
def test_rejects_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
