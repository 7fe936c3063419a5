import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grus.golden.encoding import (
    Segment,
    decode_segment,
    dense_segment,
    encode_segment,
    positions,
)

WIDTHS = range(1, 9)


def encoded_by_scanning(dense, index_bits):
    """One element after the other, as a machine would do it."""
    pairs, waiting = [], 0
    for value in dense:
        if value == 0:
            waiting += 1
            continue
        while waiting >= 2**index_bits:
            pairs.append((0, 2**index_bits - 1))
            waiting -= 2**index_bits
        pairs.append((value, waiting))
        waiting = 0
    return pairs


def pairs_of(segment):
    return list(zip(segment.values.tolist(), segment.zeros.tolist(), strict=True))


def segment_of(*pairs):
    values, zeros = zip(*pairs, strict=True) if pairs else ((), ())
    return Segment(np.array(values, np.int64), np.array(zeros, np.int64))


@st.composite
def dense_vectors(draw):
    """Long runs as well as short ones: a density is drawn first."""
    density = draw(st.sampled_from([0.0, 0.003, 0.02, 0.1, 0.5, 0.9, 1.0]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    length = draw(st.integers(0, 1200))
    values = rng.integers(-32768, 32768, length)
    values[values == 0] = 1
    return np.where(rng.random(length) < density, values, 0)


@pytest.mark.parametrize("index_bits", WIDTHS)
@given(dense=dense_vectors())
@settings(max_examples=50, deadline=None)
def test_equals_scanning_and_decodes_again(index_bits, dense):
    segment = encode_segment(dense, index_bits=index_bits)
    assert pairs_of(segment) == encoded_by_scanning(dense.tolist(), index_bits)
    assert decode_segment(segment, len(dense), index_bits=index_bits).tolist() == dense.tolist()


@pytest.mark.parametrize("index_bits", WIDTHS)
@given(dense=dense_vectors())
@settings(max_examples=50, deadline=None)
def test_is_minimal_and_canonical(index_bits, dense):
    segment = encode_segment(dense, index_bits=index_bits)
    stands = np.flatnonzero(dense)
    steps = np.diff(stands, prepend=-1)
    assert segment.count == sum(-(-step // 2**index_bits) for step in steps.tolist())
    is_filler = segment.values == 0
    assert (segment.zeros[is_filler] == 2**index_bits - 1).all()
    assert positions(segment)[~is_filler].tolist() == stands.tolist()
    assert segment.count == 0 or not is_filler[-1]


@pytest.mark.parametrize("index_bits", WIDTHS)
@pytest.mark.parametrize("around", [-1, 0, 1])
@pytest.mark.parametrize("fillers", [0, 1, 2, 3])
def test_fillers_around_every_limit(index_bits, around, fillers):
    run = (fillers + 1) * 2**index_bits - 1 + around
    dense = np.zeros(run + 5, int)
    dense[run] = -9
    largest = 2**index_bits - 1
    paid = fillers + 1 if around == 1 else fillers
    expected = [*[(0, largest)] * paid, (-9, run - paid * (largest + 1))]
    assert pairs_of(encode_segment(dense, index_bits=index_bits)) == expected


def test_zeros_at_the_end_are_not_encoded():
    assert encode_segment(np.zeros(1000, int), index_bits=1).count == 0
    assert encode_segment(np.array([], int), index_bits=4).count == 0
    assert pairs_of(encode_segment(np.array([3, 0, 0, 0, 0]), index_bits=1)) == [(3, 0)]
    assert decode_segment(segment_of(), 3, index_bits=4).tolist() == [0, 0, 0]
    assert decode_segment(segment_of(), 0, index_bits=4).tolist() == []


@given(dense=dense_vectors(), index_bits=st.integers(1, 16))
@settings(max_examples=50, deadline=None)
def test_dense_format_decodes_at_every_width(dense, index_bits):
    segment = dense_segment(dense)
    assert segment.count == len(dense)
    assert not segment.zeros.any()
    assert decode_segment(segment, len(dense), index_bits=index_bits).tolist() == dense.tolist()


def test_positions_add_up():
    assert positions(segment_of((5, 0), (0, 3), (6, 2), (7, 0))).tolist() == [0, 4, 7, 8]
    assert positions(segment_of()).tolist() == []


def test_count_is_the_number_of_pairs():
    assert segment_of((5, 0), (0, 3), (6, 2)).count == 3


@pytest.mark.parametrize(
    ("segment", "length", "index_bits", "error", "message"),
    [
        (
            segment_of((1, 0), (2, 3)),
            4,
            4,
            ValueError,
            "^positions must be below the length 4, not 4$",
        ),
        (segment_of((1, 0)), 0, 4, ValueError, "^positions must be below the length 0, not 0$"),
        (segment_of((1, 4)), 9, 2, ValueError, r"^zeros must be in 0\.\.3, not 4$"),
        (segment_of((1, -1)), 9, 2, ValueError, r"^zeros must be in 0\.\.3, not -1$"),
        (segment_of((1, 0)), -1, 4, ValueError, "^length must be at least 0, not -1$"),
        (segment_of((1, 0)), 1, 0, ValueError, r"^index_bits must be in 1\.\.16, not 0$"),
        (segment_of((1, 0)), 1, 17, ValueError, r"^index_bits must be in 1\.\.16, not 17$"),
        (
            Segment(np.array([1, 2]), np.array([0])),
            4,
            4,
            ValueError,
            "^values and zeros must be as many, not 2 and 1$",
        ),
        (
            Segment(np.array([1.0]), np.array([0])),
            4,
            4,
            TypeError,
            "^values must be of an integer type within int64, not float64$",
        ),
        (
            Segment(np.array([1]), np.array([0.0])),
            4,
            4,
            TypeError,
            "^zeros must be of an integer type within int64, not float64$",
        ),
    ],
)
def test_decoder_rejects_malformed_segments(segment, length, index_bits, error, message):
    with pytest.raises(error, match=message):
        decode_segment(segment, length, index_bits=index_bits)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: encode_segment(np.array([0.5]), index_bits=4),
            TypeError,
            "^dense must be of an integer type within int64, not float64$",
        ),
        (
            lambda: encode_segment(np.zeros((2, 2), int), index_bits=4),
            ValueError,
            r"^dense must have the axes \(length\), not shape \(2, 2\)$",
        ),
        (
            lambda: encode_segment(np.array([1]), index_bits=0),
            ValueError,
            r"^index_bits must be in 1\.\.16, not 0$",
        ),
        (
            lambda: dense_segment(np.array([0.5])),
            TypeError,
            "^dense must be of an integer type within int64, not float64$",
        ),
        (
            lambda: positions(Segment(np.array([1]), np.array([[1]]))),
            ValueError,
            r"^zeros must have the axes \(pairs\), not shape \(1, 1\)$",
        ),
    ],
)
def test_rejects_bad_arguments(call, error, message):
    with pytest.raises(error, match=message):
        call()
