"""Run-length encoding of one segment: pairs (value, zeros before it)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64
from grus.golden.segments import Segments, decode_segments, encode_segments

__all__ = ["Segment", "decode_segment", "dense_segment", "encode_segment", "positions"]


class Segment(NamedTuple):
    """One encoded segment.

    Attributes
    ----------
    values : ndarray of int64, shape (pairs,)
        Value of each pair; a filler's is zero.
    zeros : ndarray of int64, shape (pairs,)
        Number of zeros before each value.
    """

    values: NDArray[np.int64]
    zeros: NDArray[np.int64]

    @property
    def count(self) -> int:  # type: ignore[override]  # nobody counts equal fields of this tuple
        """Number of pairs, as the counter says it."""
        return len(self.values)


def encode_segment(dense: NDArray[np.integer], *, index_bits: int) -> Segment:
    """Encode one segment.

    Parameters
    ----------
    dense : ndarray of int, shape (length,)
        The segment, zeros included.
    index_bits : int
        Width of a count of zeros [bits], 1 to 16.

    Returns
    -------
    Segment
        Its shortest encoding; an empty one if all elements are zero.

    Raises
    ------
    TypeError
        If `dense` is not of an integer type, or `index_bits` not an integer.
    ValueError
        If `dense` is not a vector, or `index_bits` out of range.

    See Also
    --------
    decode_segment : the inverse.

    Notes
    -----
    Source: Crane, section 4.5, Figure 11; fillers by project decision D-001.

    Examples
    --------
    >>> import numpy as np
    >>> encode_segment(np.array([0, 7, 0, 0, 0, 0, 0, 5, 0]), index_bits=2)
    Segment(values=array([7, 0, 5]), zeros=array([1, 3, 1]))
    """
    vector = as_int64("dense", dense, "length")
    _, values, zeros = encode_segments(vector[np.newaxis], index_bits=index_bits)
    return Segment(values, zeros)


def decode_segment(segment: Segment, length: int, *, index_bits: int) -> NDArray[np.int64]:
    """Restore one segment.

    Parameters
    ----------
    segment : Segment
        Encoded segment; pairs of value zero are legal anywhere, as in the dense format.
    length : int
        Number of elements.
    index_bits : int
        Width of a count of zeros [bits], 1 to 16.

    Returns
    -------
    ndarray of int64, shape (length,)
        The elements, zeros included.

    Raises
    ------
    TypeError
        If an array is not of an integer type, or another argument not an integer.
    ValueError
        If values and zeros are not as many, a count of zeros is out of range, or a pair lies
        beyond the end.

    See Also
    --------
    encode_segment : the inverse.

    Notes
    -----
    Source: Crane, section 4.5, Figure 11; fillers by project decision D-001.

    Examples
    --------
    >>> import numpy as np
    >>> decode_segment(Segment(np.array([7, 0, 5]), np.array([1, 3, 1])), 9, index_bits=2)
    array([0, 7, 0, 0, 0, 0, 0, 5, 0])
    """
    segments = Segments(np.array([segment.count]), segment.values, segment.zeros)
    return decode_segments(segments, length, index_bits=index_bits)[0]


def dense_segment(dense: NDArray[np.integer]) -> Segment:
    """Put a segment in the dense format: every element is a pair, also a zero.

    Parameters
    ----------
    dense : ndarray of int, shape (length,)
        The segment.

    Returns
    -------
    Segment
        As many pairs as elements, no zeros before any; each decoder takes it, at every width.

    Raises
    ------
    TypeError
        If `dense` is not of an integer type.
    ValueError
        If `dense` is not a vector.

    Notes
    -----
    Source: Crane, section 5.1.4 (below a sparsity of 0.2 the encoding takes more memory than the
    original data).

    Examples
    --------
    >>> import numpy as np
    >>> dense_segment(np.array([0, 7]))
    Segment(values=array([0, 7]), zeros=array([0, 0]))
    """
    values = as_int64("dense", dense, "length")
    return Segment(values, np.zeros_like(values))


def positions(segment: Segment) -> NDArray[np.int64]:
    """Return where each pair of a segment stands.

    Parameters
    ----------
    segment : Segment
        Encoded segment; fillers have a position too.

    Returns
    -------
    ndarray of int64, shape (pairs,)
        Position of each pair; the one before, plus the zeros between, plus one.

    Raises
    ------
    TypeError
        If the counts of zeros are not of an integer type.
    ValueError
        If they are not a vector.

    Notes
    -----
    Source: Crane, section 4.5, Figure 11.

    Examples
    --------
    >>> import numpy as np
    >>> positions(Segment(np.array([7, 0, 5]), np.array([1, 3, 1])))
    array([1, 5, 7])
    """
    return np.cumsum(as_int64("zeros", segment.zeros, "pairs") + 1) - 1
