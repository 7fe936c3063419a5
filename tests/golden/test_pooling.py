from fractions import Fraction
from itertools import product
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grus.golden.pooling import average_pool, global_average_pool, max_pool, pooled_length


def window_starts(length, kernel, stride, before, after, ceil_mode):
    """Starts of the windows, relative to the map: one after the other, as the standard words it."""
    starts, start = [], -before
    while start + kernel <= length + after:
        starts.append(start)
        start += stride
    # a last window may reach beyond, if it starts less than one stride too late to fit
    reaches_beyond = start + kernel - stride < length + after
    if ceil_mode and reaches_beyond and start < length:
        starts.append(start)
    return starts


def all_windows(inputs, kernel, stride, padding, ceil_mode):
    starts = [
        window_starts(
            inputs.shape[1 + axis],
            kernel[axis],
            stride[axis],
            padding[axis],
            padding[2 + axis],
            ceil_mode,
        )
        for axis in (0, 1)
    ]
    shape = (len(inputs), *map(len, starts))
    return shape, list(product(range(len(inputs)), *starts))


def elements_under(inputs, place, kernel, padding):
    """Elements of one window on the map, and how many of its elements are map or padding."""
    channel, top, left = place
    rows, columns = inputs.shape[1:]
    found, padded = [], 0
    for row, column in product(range(top, top + kernel[0]), range(left, left + kernel[1])):
        if 0 <= row < rows and 0 <= column < columns:
            found.append(int(inputs[channel, row, column]))
        if row < rows + padding[2] and column < columns + padding[3]:
            padded += 1
    return found, padded


def half_up(value):
    return floor(value + Fraction(1, 2))


@st.composite
def poolings(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kernel = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    stride = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    padding = tuple(draw(st.integers(0, kernel[axis % 2] - 1)) for axis in range(4))
    ceil_mode = draw(st.booleans())
    least = [
        max(
            1,
            kernel[axis] - sum(padding[axis::2]) - (stride[axis] - 1 if ceil_mode else 0),
        )
        for axis in (0, 1)
    ]
    rows, columns = (length + draw(st.integers(0, 6)) for length in least)
    inputs = rng.integers(-50, 51 if draw(st.booleans()) else -40, (2, rows, columns))
    return inputs, kernel, stride, padding, ceil_mode


@given(poolings())
@settings(max_examples=400, deadline=None)
def test_max_equals_naive_loops(pooling):
    inputs, kernel, stride, padding, ceil_mode = pooling
    shape, places = all_windows(inputs, kernel, stride, padding, ceil_mode)
    expected = [max(elements_under(inputs, place, kernel, padding)[0]) for place in places]
    pooled = max_pool(inputs, kernel, stride, padding, ceil_mode=ceil_mode)
    assert pooled.shape == shape
    assert pooled.ravel().tolist() == expected


@given(poolings(), st.booleans())
@settings(max_examples=400, deadline=None)
def test_average_equals_naive_loops(pooling, count_padding):
    inputs, kernel, stride, padding, ceil_mode = pooling
    shape, places = all_windows(inputs, kernel, stride, padding, ceil_mode)
    expected = []
    for place in places:
        found, padded = elements_under(inputs, place, kernel, padding)
        expected.append(half_up(Fraction(sum(found), padded if count_padding else len(found))))
    pooled = average_pool(
        inputs, kernel, stride, padding, ceil_mode=ceil_mode, count_padding=count_padding
    )
    assert pooled.shape == shape
    assert pooled.ravel().tolist() == expected


@given(
    st.integers(1, 12),
    st.integers(1, 6),
    st.integers(1, 7),
    st.integers(0, 5),
    st.integers(0, 5),
    st.booleans(),
)
@settings(max_examples=500, deadline=None)
def test_pooled_length_counts_the_windows(length, kernel, stride, before, after, ceil_mode):
    before, after = min(before, kernel - 1), min(after, kernel - 1)
    windows = len(window_starts(length, kernel, stride, before, after, ceil_mode))
    if windows:
        found = pooled_length(length, kernel, stride, before, after, ceil_mode=ceil_mode)
        assert found == windows
    else:
        with pytest.raises(ValueError, match=rf"^kernel must be at most .* long, not {kernel}$"):
            pooled_length(length, kernel, stride, before, after, ceil_mode=ceil_mode)


@pytest.mark.parametrize(
    ("arguments", "floored", "ceiled"),
    [
        ((111, 3, 2), 55, 55),
        ((112, 3, 2), 55, 56),
        ((2, 1, 2), 1, 1),  # a window at 2 would start beyond the map
        ((5, 2, 3, 1, 1), 2, 2),  # here one would start in the padding
        ((2, 2, 2, 1, 1), 2, 2),
        ((3, 2, 2, 1, 1), 2, 2),  # dropped
        ((3, 2, 2, 0, 1), 2, 2),
    ],
)
def test_lengths_of_known_layers(arguments, floored, ceiled):
    assert pooled_length(*arguments) == floored
    assert pooled_length(*arguments, ceil_mode=True) == ceiled


def test_padding_never_wins_a_maximum():
    lowest = np.full((1, 2, 2), -(2**63))
    pooled = max_pool(lowest + 1, (2, 2), (2, 2), (1, 1, 1, 1))
    assert (pooled == -(2**63) + 1).all()


@pytest.mark.parametrize(
    ("row", "average"),
    [([1, 2], 2), ([-1, -2], -1), ([1, 0, 0], 0), ([2, 0, 0], 1), ([-2, 0, 0], -1)],
)
def test_global_average_rounds_half_up(row, average):
    assert global_average_pool(np.array([[row], [row]], np.int16)).tolist() == [[[average]]] * 2


MAP = np.ones((1, 4, 4), int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: pooled_length(0, 1, 1), ValueError, r"^length must be at least 1, not 0$"),
        (lambda: pooled_length(4, 0, 1), ValueError, r"^kernel must be at least 1, not 0$"),
        (lambda: pooled_length(4, 2, 0), ValueError, r"^stride must be at least 1, not 0$"),
        (
            lambda: pooled_length(4, 2, 1, 2),
            ValueError,
            r"^padding_before must be in 0\.\.1, not 2",
        ),
        (lambda: pooled_length(4, 2, 1, 0, -1), ValueError, r"^padding_after must be .*, not -1$"),
        (lambda: pooled_length(4, 6, 2, 1), ValueError, r"^kernel must be at most 5 .* not 6$"),
        (
            lambda: pooled_length(4, 6, 2, ceil_mode=True),
            ValueError,
            r"^kernel must be at most 5 elements long, not 6$",
        ),
        (lambda: pooled_length(4.0, 2, 1), TypeError, r"^length must be an integer, not 4\.0$"),
        (lambda: max_pool(MAP / 2, (2, 2), (2, 2)), TypeError, r"^inputs must be of an integer "),
        (lambda: max_pool(MAP[0], (2, 2), (2, 2)), ValueError, r"^inputs must have the axes "),
        (lambda: max_pool(MAP, 2, (2, 2)), TypeError, r"^kernel must be a tuple of 2 integers, "),
        (lambda: max_pool(MAP, (2, 2), (0, 2)), ValueError, r"^each of stride must be .*, not 0$"),
        (lambda: max_pool(MAP, (2, 2), (2, 2), (1, 1)), ValueError, r"^padding must hold 4 "),
        (lambda: max_pool(MAP, (2, 5), (2, 2)), ValueError, r"^kernel must be at most 4 .*, not 5"),
        (lambda: average_pool(MAP / 2, (2, 2), (2, 2)), TypeError, r"^inputs must be of an "),
        (lambda: average_pool(MAP, (5, 2), (2, 2)), ValueError, r"^kernel must be at most 4 "),
        (
            lambda: average_pool(MAP * 2**60, (2, 2), (2, 2)),
            ValueError,
            r"^the bound of the doubled sums must be below 2\*\*63, not 9223372036854775812$",
        ),
        (lambda: global_average_pool(MAP[0]), ValueError, r"^inputs must have the axes "),
        (
            lambda: global_average_pool(MAP[:, :0]),
            ValueError,
            r"^each of kernel must be at least 1, not 0$",
        ),
    ],
)
def test_rejects_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
