import numpy as np
import pytest

from grus.golden.checks import as_int64, magnitude, require_int, require_int64, require_ints


@pytest.mark.parametrize("value", [2, 32, np.int8(7), np.uint64(9)])
def test_integers_of_any_kind_become_python_integers(value):
    assert type(require_int("bits", value, 2, 32)) is int
    assert require_int("bits", value, 2, 32) == value


@pytest.mark.parametrize(
    ("value", "high", "error", "message"),
    [
        (1, 32, ValueError, r"^bits must be in 2\.\.32, not 1$"),
        (33, 32, ValueError, r"^bits must be in 2\.\.32, not 33$"),
        (1, None, ValueError, r"^bits must be at least 2, not 1$"),
        (4.0, 32, TypeError, r"^bits must be an integer, not 4\.0$"),
        (True, 32, TypeError, r"^bits must be an integer, not True$"),
        (None, None, TypeError, r"^bits must be an integer, not None$"),
    ],
)
def test_rejects_what_is_no_integer_in_range(value, high, error, message):
    with pytest.raises(error, match=message):
        require_int("bits", value, 2, high)


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ([1, 1], TypeError, r"^stride must be a tuple of 2 integers, not \[1, 1\]$"),
        (1, TypeError, r"^stride must be a tuple of 2 integers, not 1$"),
        ((1,), ValueError, r"^stride must hold 2 integers, not \(1,\)$"),
        ((1, 0), ValueError, r"^each of stride must be at least 1, not 0$"),
        ((1, 2.5), TypeError, r"^each of stride must be an integer, not 2\.5$"),
    ],
)
def test_rejects_what_is_no_tuple_of_integers(values, error, message):
    with pytest.raises(error, match=message):
        require_ints("stride", values, 2, 1)


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.uint32, np.int64])
def test_every_narrower_integer_type_is_taken(kind):
    largest = np.iinfo(kind).max
    array = as_int64("dense", np.array([largest, 0], kind), "length")
    assert array.dtype == np.int64
    assert array.tolist() == [largest, 0]


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        (np.zeros(2), TypeError, r"^dense must be of an integer type within int64, not float64$"),
        (np.zeros(2, bool), TypeError, r"^dense must be of an integer type .*, not bool$"),
        (np.zeros(2, np.uint64), TypeError, r"^dense must be of an integer type .*, not uint64$"),
        (
            np.zeros((2, 2), int),
            ValueError,
            r"^dense must have the axes \(length\), not shape .2, ",
        ),
    ],
)
def test_rejects_what_is_no_array_of_integers(values, error, message):
    with pytest.raises(error, match=message):
        as_int64("dense", values, "length")


def test_magnitude_does_not_overflow():
    assert magnitude(np.array([-(2**63), 2**63 - 1])) == 2**63
    assert magnitude(np.array([-3, 2])) == 3
    assert magnitude(np.array([-2, 3])) == 3
    assert magnitude(np.empty((0, 3), int)) == 0


def test_rejects_a_bound_beyond_int64():
    require_int64("the sums", 2**63 - 1)
    with pytest.raises(ValueError, match=r"^the bound of the sums must be below 2\*\*63, not 922"):
        require_int64("the sums", 2**63)
