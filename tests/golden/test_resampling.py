from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grus.golden.resampling import resize_double, subsample_and_pad


def interpolated(line, index):
    """Value between the elements of a line, the index measured from the first one's centre."""
    index = min(max(index, Fraction(0)), Fraction(len(line) - 1))
    left = floor(index)
    right = min(left + 1, len(line) - 1)
    return line[left] + (line[right] - line[left]) * (index - left)


def naive_double(plane):
    """Half-pixel centres: element n of the result lies at (n + 1/2) / 2 - 1/2."""
    rows, columns = len(plane), len(plane[0])
    places = [
        [Fraction(2 * n + 1, 4) - Fraction(1, 2) for n in range(2 * m)] for m in (rows, columns)
    ]
    wide = [[interpolated([Fraction(v) for v in row], x) for x in places[1]] for row in plane]
    return [
        [interpolated([row[x] for row in wide], y) for x in range(2 * columns)] for y in places[0]
    ]


@given(
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(-3, 3),
    st.integers(4, 17),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=200, deadline=None)
def test_resize_equals_exact_interpolation(rows, columns, gain, bits, seed):
    values = np.random.default_rng(seed).integers(-32768, 32768, (2, rows, columns))
    limit = 2 ** (bits - 1)
    expected = [
        [
            [
                max(-limit, min(limit - 1, floor(v * Fraction(2) ** gain + Fraction(1, 2))))
                for v in line
            ]
            for line in naive_double(plane)
        ]
        for plane in values.tolist()
    ]
    assert resize_double(values, 5, 5 + gain, bits).tolist() == expected


@given(
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(1, 4),
    st.integers(0, 3),
    st.integers(0, 3),
)
@settings(max_examples=100, deadline=None)
def test_subsample_keeps_every_nth(rows, columns, stride, before, after):
    values = np.arange(1, 1 + 2 * rows * columns).reshape(2, rows, columns)
    found = subsample_and_pad(values.astype(np.int16), stride, before, after)
    kept = [
        [[values[c, r, k] for k in range(0, columns, stride)] for r in range(0, rows, stride)]
        for c in range(2)
    ]
    assert found[before : before + 2].tolist() == kept
    assert len(found) == before + 2 + after
    assert not found[:before].any()
    assert not found[before + 2 :].any()


MAP = np.ones((1, 2, 2), int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: resize_double(MAP / 2, 0, 0, 16),
            TypeError,
            r"^values must be of an integer type",
        ),
        (lambda: resize_double(MAP[0], 0, 0, 16), ValueError, r"^values must have the axes "),
        (lambda: resize_double(MAP, 0, 0, 1), ValueError, r"^bits must be in 2\.\.32, not 1$"),
        (
            lambda: resize_double(MAP, 0, 0.5, 16),
            TypeError,
            r"^shift must be an integer, not 3\.5$",
        ),
        (
            lambda: resize_double(MAP * 2**59, 0, 0, 16),
            ValueError,
            r"^the bound of the sixteenths must be below 2\*\*63, not 9223372036854775808$",
        ),
        (lambda: subsample_and_pad(MAP / 2, 1, 0, 0), TypeError, r"^values must be of an integer"),
        (lambda: subsample_and_pad(MAP[0], 1, 0, 0), ValueError, r"^values must have the axes "),
        (
            lambda: subsample_and_pad(MAP, 0, 0, 0),
            ValueError,
            r"^stride must be at least 1, not 0$",
        ),
        (
            lambda: subsample_and_pad(MAP, 1, -1, 0),
            ValueError,
            r"^channels_before must be .* not -1",
        ),
        (
            lambda: subsample_and_pad(MAP, 1, 0, 0.5),
            TypeError,
            r"^channels_after must .* not 0\.5$",
        ),
    ],
)
def test_rejects_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
