import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grus.golden.segments import Segments, decode_segments, encode_segments


def pairs_by_walking(dense, index_bits):
    """Pairs of one row, found by walking back from each value in the longest legal steps."""
    pairs, behind = [], -1
    for stand in np.flatnonzero(dense).tolist():
        left = stand - behind
        while left > 2**index_bits:
            pairs.append((0, 2**index_bits - 1))
            left -= 2**index_bits
        pairs.append((int(dense[stand]), left - 1))
        behind = stand
    return pairs


@st.composite
def dense_matrices(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = draw(st.integers(0, 12)), draw(st.integers(0, 300))
    density = rng.choice([0.0, 0.01, 0.1, 0.5, 1.0], (shape[0], 1))
    return np.where(rng.random(shape) < density, rng.integers(1, 100, shape), 0)


@given(dense=dense_matrices(), index_bits=st.integers(1, 8))
@settings(max_examples=300, deadline=None)
def test_every_row_is_encoded_on_its_own(dense, index_bits):
    encoded = encode_segments(dense, index_bits=index_bits)
    rows = [pairs_by_walking(row, index_bits) for row in dense]
    assert encoded.counters.tolist() == [len(pairs) for pairs in rows]
    found = list(zip(encoded.values.tolist(), encoded.zeros.tolist(), strict=True))
    assert found == [pair for pairs in rows for pair in pairs]
    assert all(array.dtype == np.int64 for array in encoded)
    decoded = decode_segments(encoded, dense.shape[1], index_bits=index_bits)
    np.testing.assert_array_equal(decoded, dense)


def test_a_million_values():
    rng = np.random.default_rng(1)
    dense = rng.integers(-5, 6, (16384, 64)) * (rng.random((16384, 64)) < 0.3)
    encoded = encode_segments(dense.astype(np.int16), index_bits=4)
    np.testing.assert_array_equal(decode_segments(encoded, 64, index_bits=4), dense)


@pytest.mark.parametrize(
    ("counters", "values", "zeros", "error", "message"),
    [
        (
            [1, 2],
            [1, 1],
            [0, 0],
            ValueError,
            "^counters must add up to the number of pairs 2, not 3",
        ),
        ([1], [1, 1], [0, 0], ValueError, "^counters must add up to the number of pairs 2, not 1$"),
        ([3, -1], [1, 1], [0, 0], ValueError, "^counters must be at least 0, not -1$"),
        ([2], [1, 1], [0], ValueError, "^values and zeros must be as many, not 2 and 1$"),
        ([2], [1, 1], [0, 16], ValueError, r"^zeros must be in 0\.\.15, not 16$"),
        ([1, 2], [1, 1, 1], [7, 5, 2], ValueError, "^positions must be below the length 8, not 8$"),
        ([0.5], [1], [0], TypeError, "^counters must be of an integer type"),
        ([1], [0.5], [0], TypeError, "^values must be of an integer type"),
        ([1], [1], [0.5], TypeError, "^zeros must be of an integer type"),
        ([[1]], [1], [0], ValueError, r"^counters must have the axes \(segments\), not shape"),
    ],
)
def test_decoder_rejects_malformed_segments(counters, values, zeros, error, message):
    segments = Segments(np.array(counters), np.array(values), np.array(zeros))
    with pytest.raises(error, match=message):
        decode_segments(segments, 8, index_bits=4)


@pytest.mark.parametrize(
    ("dense", "index_bits", "error", "message"),
    [
        (np.zeros((1, 1)), 4, TypeError, "^dense must be of an integer type"),
        (np.zeros(3, int), 4, ValueError, r"^dense must have the axes \(segments, length\), not "),
        (np.zeros((1, 1), int), 17, ValueError, r"^index_bits must be in 1\.\.16, not 17$"),
        (np.zeros((1, 1), int), 4.0, TypeError, r"^index_bits must be an integer, not 4\.0$"),
    ],
)
def test_encoder_rejects_bad_arguments(dense, index_bits, error, message):
    with pytest.raises(error, match=message):
        encode_segments(dense, index_bits=index_bits)


def test_decoder_rejects_a_bad_length():
    with pytest.raises(ValueError, match=r"^length must be at least 0, not -1$"):
        decode_segments(encode_segments(np.zeros((1, 1), int), index_bits=4), -1, index_bits=4)
