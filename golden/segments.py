"""Run-length encoding of whole tensors: many segments, each encoded on its own."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64, require_int

__all__ = ["LARGEST_INDEX_BITS", "Segments", "decode_segments", "encode_segments"]

LARGEST_INDEX_BITS = 16  # a run of 65536 zeros before the first filler: longer than any slice


class Segments(NamedTuple):
    """Encoded segments, one after the other.

    Attributes
    ----------
    counters : ndarray of int64, shape (segments,)
        Number of pairs of each segment.
    values, zeros : ndarray of int64, shape (pairs,)
        Value of each pair and number of zeros before it, of all segments in order.
    """

    counters: NDArray[np.int64]
    values: NDArray[np.int64]
    zeros: NDArray[np.int64]


def encode_segments(dense: NDArray[np.integer], *, index_bits: int) -> Segments:
    """Encode the rows of a matrix, each on its own.

    Parameters
    ----------
    dense : ndarray of int, shape (segments, length)
        One segment in each row, zeros included.
    index_bits : int
        Width of a count of zeros [bits], 1 to 16.

    Returns
    -------
    Segments
        Shortest encoding of each row.

    Raises
    ------
    TypeError
        If `dense` is not of an integer type, or `index_bits` not an integer.
    ValueError
        If `dense` is not a matrix, or `index_bits` out of range.

    See Also
    --------
    decode_segments : the inverse.

    Notes
    -----
    Source: Crane, section 4.5, Figure 11; fillers by project decision D-001. A filler (0, m) with
    the largest count m stands for m + 1 = 2^index_bits zeros, its own value being one of them.

    Examples
    --------
    >>> import numpy as np
    >>> encoded = encode_segments(np.array([[0, 7, 0, 0], [0, 0, 0, 5]]), index_bits=1)
    >>> encoded.counters.tolist(), encoded.values.tolist(), encoded.zeros.tolist()
    ([1, 2], [7, 0, 5], [1, 1, 1])
    """
    rows_of_values = as_int64("dense", dense, "segments", "length")
    require_int("index_bits", index_bits, 1, LARGEST_INDEX_BITS)
    largest_count = (1 << index_bits) - 1
    row, column = np.nonzero(rows_of_values)
    runs = column.copy()
    same_row = row[1:] == row[:-1]
    runs[1:][same_row] -= column[:-1][same_row] + 1
    pairs = (runs >> index_bits) + 1
    last_pair = np.cumsum(pairs) - 1
    values = np.zeros(pairs.sum(), np.int64)
    values[last_pair] = rows_of_values[row, column]
    zeros = np.full(len(values), largest_count, np.int64)
    zeros[last_pair] = runs & largest_count
    counters = np.bincount(np.repeat(row, pairs), minlength=len(rows_of_values))
    return Segments(counters.astype(np.int64), values, zeros)


def decode_segments(segments: Segments, length: int, *, index_bits: int) -> NDArray[np.int64]:
    """Restore the rows of a matrix.

    Parameters
    ----------
    segments : Segments
        Encoded rows; pairs of value zero are legal anywhere, as in the dense format.
    length : int
        Number of elements in a row.
    index_bits : int
        Width of a count of zeros [bits], 1 to 16.

    Returns
    -------
    ndarray of int64, shape (segments, length)
        One segment in each row.

    Raises
    ------
    TypeError
        If an array is not of an integer type, or another argument not an integer.
    ValueError
        If the counters disagree with the number of pairs, a count of zeros is out of range, or a
        pair lies beyond the end of its row.

    See Also
    --------
    encode_segments : the inverse.

    Notes
    -----
    Source: Crane, section 4.5, Figure 11; fillers by project decision D-001.

    Examples
    --------
    >>> import numpy as np
    >>> encoded = Segments(np.array([1, 2]), np.array([7, 0, 5]), np.array([1, 1, 1]))
    >>> decode_segments(encoded, 4, index_bits=1).tolist()
    [[0, 7, 0, 0], [0, 0, 0, 5]]
    """
    counters = as_int64("counters", segments.counters, "segments")
    values = as_int64("values", segments.values, "pairs")
    zeros = as_int64("zeros", segments.zeros, "pairs")
    require_int("length", length, 0)
    _check_counts(counters, values, zeros, index_bits)
    row = np.repeat(np.arange(len(counters)), counters)
    walked = np.cumsum(zeros + 1)
    before_row = np.concatenate(([0], walked))[np.cumsum(counters) - counters]
    column = walked - before_row[row] - 1
    if (column >= length).any():
        raise ValueError(f"positions must be below the length {length}, not {column.max()}")
    dense = np.zeros((len(counters), length), np.int64)
    dense[row, column] = values
    return dense


def _check_counts(
    counters: NDArray[np.int64],
    values: NDArray[np.int64],
    zeros: NDArray[np.int64],
    index_bits: int,
) -> None:
    largest_count = (1 << require_int("index_bits", index_bits, 1, LARGEST_INDEX_BITS)) - 1
    if len(values) != len(zeros):
        raise ValueError(f"values and zeros must be as many, not {len(values)} and {len(zeros)}")
    if (counters < 0).any():
        raise ValueError(f"counters must be at least 0, not {counters.min()}")
    if counters.sum() != len(values):
        raise ValueError(
            f"counters must add up to the number of pairs {len(values)}, not {counters.sum()}"
        )
    wrong = (zeros < 0) | (zeros > largest_count)
    if wrong.any():
        raise ValueError(f"zeros must be in 0..{largest_count}, not {zeros[wrong][0]}")
