from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import grus.golden.convolution
from grus.golden.convolution import convolve, effectual_macs, multiply
from grus.golden.window import PLAIN, Window


def pairs_under(inputs, weights, window, output, row, column):
    """(activation, weight) pairs of one output element that lie on the map; nothing vectorised."""
    rows, columns = inputs.shape[1:]
    outputs, depth, kernel_rows, kernel_columns = weights.shape
    group = output * window.groups // outputs
    for channel, y, x in product(range(depth), range(kernel_rows), range(kernel_columns)):
        in_row = row * window.stride[0] + y * window.dilation[0] - window.padding[0]
        in_column = column * window.stride[1] + x * window.dilation[1] - window.padding[1]
        if 0 <= in_row < rows and 0 <= in_column < columns:
            activation = inputs[group * depth + channel, in_row, in_column]
            yield int(activation), int(weights[output, channel, y, x])


def naive_length(length, before, after, reach, step):
    return len(range(-before, length + after - reach + 1, step))


def naive_places(inputs, weights, window):
    lengths = [
        naive_length(
            inputs.shape[1 + axis],
            window.padding[axis],
            window.padding[2 + axis],
            (weights.shape[2 + axis] - 1) * window.dilation[axis] + 1,
            window.stride[axis],
        )
        for axis in (0, 1)
    ]
    return len(weights), *lengths


def naive(inputs, weights, bias, window):
    shape = naive_places(inputs, weights, window)
    sums = [
        sum(a * w for a, w in pairs_under(inputs, weights, window, *place)) + int(bias[place[0]])
        for place in np.ndindex(shape)
    ]
    return np.array(sums, object).reshape(shape)


@st.composite
def layers(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    groups = draw(st.integers(1, 3))
    channels, outputs = (groups * draw(st.integers(1, 3)) for _ in range(2))
    kernel = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    window = Window(
        stride=tuple(rng.integers(1, 4, 2).tolist()),
        padding=tuple(rng.integers(0, 4, 4).tolist()),
        dilation=tuple(rng.integers(1, 3, 2).tolist()),
        groups=groups,
    )
    least = [
        max(1, (kernel[axis] - 1) * window.dilation[axis] + 1 - sum(window.padding[axis::2]))
        for axis in (0, 1)
    ]
    rows, columns = (length + draw(st.integers(0, 4)) for length in least)
    largest = draw(st.sampled_from([1, 2**15, 2**27]))  # the last one leaves the range of float64
    inputs = rng.integers(-largest, largest + 1, (channels, rows, columns))
    weights = rng.integers(-largest, largest + 1, (outputs, channels // groups, *kernel))
    return inputs, weights, rng.integers(-(2**40), 2**40, outputs), window


@given(layers())
@settings(max_examples=150, deadline=None)
def test_equals_naive_loops(layer):
    inputs, weights, bias, window = layer
    sums = convolve(inputs, weights, bias, window)
    assert sums.dtype == np.int64
    np.testing.assert_array_equal(sums, naive(inputs, weights, bias, window))
    without = convolve(inputs, weights, None, window)
    np.testing.assert_array_equal(sums - without, np.zeros_like(sums) + bias[:, None, None])


@given(layers(), st.sampled_from([0.0, 0.3, 1.0]))
@settings(max_examples=100, deadline=None)
def test_effectual_pairs_equal_naive_count(layer, density):
    inputs, weights, _, window = layer
    inputs = inputs * (np.random.default_rng(1).random(inputs.shape) < density)
    places = np.ndindex(naive_places(inputs, weights, window))
    pairs = (pair for place in places for pair in pairs_under(inputs, weights, window, *place))
    expected = sum(a != 0 and w != 0 for a, w in pairs)
    assert effectual_macs(inputs, weights, window) == expected


@pytest.mark.parametrize("block", [1, 40, 200])
def test_blocks_of_rows_do_not_show(monkeypatch, block):
    rng = np.random.default_rng(2)
    inputs, weights = rng.integers(-9, 10, (4, 11, 7)), rng.integers(-9, 10, (6, 2, 3, 3))
    window = Window(padding=(1, 1, 1, 1), groups=2)
    whole = convolve(inputs, weights, None, window)
    monkeypatch.setattr(grus.golden.convolution, "_LARGEST_BLOCK", block)
    np.testing.assert_array_equal(convolve(inputs, weights, None, window), whole)


def test_sums_are_exact_on_both_sides_of_the_limit_of_float64():
    # largest input x largest weight x terms = 2^53 - 1, then 2^53 + 1
    for terms, weight in ((6361, 1416003655831), (3, 3002399751580331)):
        inputs, weights = np.ones((terms, 1, 1), int), np.full((1, terms, 1, 1), weight)
        assert convolve(inputs, weights).item() == terms * weight
        assert multiply(weights.reshape(1, -1), inputs.ravel()).item() == terms * weight


def test_narrow_types_do_not_overflow():
    inputs, weights = np.full((2, 1, 1), -128, np.int8), np.full((1, 2, 1, 1), -128, np.int8)
    assert convolve(inputs, weights, np.array([7], np.uint8)).item() == 2 * 128 * 128 + 7
    assert multiply(weights.reshape(1, 2), inputs.ravel()).item() == 2 * 128 * 128


@given(
    st.integers(0, 5),
    st.integers(0, 8),
    st.sampled_from([1, 2**15, 2**29]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=100, deadline=None)
def test_multiply_equals_naive_loops(outputs, length, largest, seed):
    rng = np.random.default_rng(seed)
    weights = rng.integers(-largest, largest + 1, (outputs, length))
    vector, bias = rng.integers(-largest, largest + 1, length), rng.integers(-99, 99, outputs)
    expected = [
        sum(int(w) * int(x) for w, x in zip(row, vector, strict=True)) + int(b)
        for row, b in zip(weights, bias, strict=True)
    ]
    assert multiply(weights, vector, bias).tolist() == expected


LARGE = np.full((1, 1, 1), 2**32)
ONE = np.ones((1, 1, 1, 1), int)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: convolve(LARGE / 2, ONE), TypeError, r"^inputs must be of an integer type"),
        (lambda: convolve(LARGE, ONE / 2), TypeError, r"^weights must be of an integer type"),
        (lambda: convolve(LARGE, ONE, np.zeros(1)), TypeError, r"^bias must be of an integer type"),
        (lambda: convolve(LARGE[0], ONE), ValueError, r"^inputs must have shape .*, not \(1, 1\)$"),
        (lambda: convolve(LARGE, ONE[0]), ValueError, r"^weights must have shape .*, not \(1, 1, "),
        (
            lambda: convolve(LARGE, ONE, np.zeros(2, int)),
            ValueError,
            r"^bias must have 1 outputs, not 2$",
        ),
        (
            lambda: convolve(LARGE, ONE, np.zeros((1, 1), int)),
            ValueError,
            r"^bias must have the axes \(outputs\), not shape \(1, 1\)$",
        ),
        (
            lambda: convolve(LARGE, ONE * 2**31),
            ValueError,
            r"^the bound of the sums must be below 2\*\*63, not 9223372036854775808$",
        ),
        (
            lambda: convolve(LARGE, ONE * 2**30, np.array([-(2**62)])),
            ValueError,
            r"^the bound of the sums must be below 2\*\*63, not 9223372036854775808$",
        ),
        (
            lambda: multiply(ONE[0, 0], np.ones(2, int)),
            ValueError,
            r"^vector must have 1 inputs, not 2$",
        ),
        (lambda: multiply(ONE, np.ones(1, int)), ValueError, r"^weights must have the axes "),
        (lambda: multiply(ONE[0, 0], np.ones((1, 1), int)), ValueError, r"^vector must have the"),
        (lambda: multiply(ONE[0, 0] / 2, np.ones(1, int)), TypeError, r"^weights must be of an"),
        (lambda: multiply(ONE[0, 0], np.ones(1)), TypeError, r"^vector must be of an integer"),
        (
            lambda: multiply(ONE[0, 0] * 2**32, np.full(1, 2**31)),
            ValueError,
            r"^the bound of the sums must be below 2\*\*63, not 9223372036854775808$",
        ),
        (lambda: effectual_macs(LARGE / 2, ONE), TypeError, r"^inputs must be of an integer type"),
        (lambda: effectual_macs(LARGE, ONE / 2), TypeError, r"^weights must be of an integer type"),
        (
            lambda: effectual_macs(LARGE, ONE, Window(groups=2)),
            ValueError,
            r"^inputs must have 1 channels for each of 2 groups, not 1 channels$",
        ),
    ],
)
def test_rejects_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_default_window_is_plain():
    assert PLAIN == Window(stride=(1, 1), padding=(0, 0, 0, 0), dilation=(1, 1), groups=1)
