"""Operators that change no shape but the number of channels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64, magnitude, require_int, require_int64
from grus.golden.formats import requantise

__all__ = ["add", "clip", "concatenate", "relu"]


def relu(values: NDArray[np.integer]) -> NDArray[np.int64]:
    """Replace negative values by zero.

    Parameters
    ----------
    values : ndarray of int, any shape
        Activations.

    Returns
    -------
    ndarray of int64, shape as `values`
        Activations that are not negative, in the same unit.

    Raises
    ------
    TypeError
        If `values` is not of an integer type.

    Notes
    -----
    Source: Crane, section 4.5 (activation function).

    Examples
    --------
    >>> import numpy as np
    >>> relu(np.array([-3, 0, 4]))
    array([0, 0, 4])
    """
    return np.maximum(as_int64("values", values), 0)


def clip(values: NDArray[np.integer], low: int, high: int) -> NDArray[np.int64]:
    """Replace every value outside of a range by the nearest inside.

    Parameters
    ----------
    values : ndarray of int, any shape
        Activations.
    low, high : int
        The range, in the unit of `values`.

    Returns
    -------
    ndarray of int64, shape as `values`
        Values in the range, in the same unit.

    Raises
    ------
    TypeError
        If `values` is not of an integer type, or a limit not an integer.
    ValueError
        If the range is empty, or a limit no int64.

    Notes
    -----
    Source: ONNX operator Clip.

    Examples
    --------
    >>> import numpy as np
    >>> clip(np.array([-3, 2, 9]), 0, 6)
    array([0, 2, 6])
    """
    limit = 1 << 63
    require_int("low", low, -limit, limit - 1)
    require_int("high", high, low, limit - 1)
    return np.clip(as_int64("values", values), low, high)


def add(
    a: NDArray[np.integer],
    a_fraction: int,
    b: NDArray[np.integer],
    b_fraction: int,
    out_fraction: int,
    bits: int,
) -> NDArray[np.int64]:
    """Add two tensors of different fractions: align, add exactly, requantise.

    Parameters
    ----------
    a, b : ndarray of int, one shape
        Summands [2^-fraction].
    a_fraction, b_fraction, out_fraction : int
        Fractions of the summands and of the sum [bits].
    bits : int
        Width of the sum [bits], 2 to 32.

    Returns
    -------
    ndarray of int64, shape as `a`
        Sums, rounded half up and saturated [2^-out_fraction].

    Raises
    ------
    TypeError
        If a tensor is not of an integer type, or another argument not an integer.
    ValueError
        If the shapes differ, an aligned sum could leave int64, or `bits` is out of range.

    Notes
    -----
    Source: integer rules of the development networks; rounding by project decision D-002. All are
    aligned to the largest of the three fractions, so that the sum is rounded once.

    Examples
    --------
    >>> import numpy as np
    >>> add(np.array([3]), 1, np.array([1]), 2, 0, 16)
    array([2])
    """
    first, second = as_int64("a", a), as_int64("b", b)
    if first.shape != second.shape:
        raise ValueError(f"a and b must have one shape, not {first.shape} and {second.shape}")
    finest = max(a_fraction, b_fraction, out_fraction)
    a_shift = require_int("finest fraction - a_fraction", finest - a_fraction, 0, 63)
    b_shift = require_int("finest fraction - b_fraction", finest - b_fraction, 0, 63)
    bound = (magnitude(first) << a_shift) + (magnitude(second) << b_shift)
    require_int64("the aligned sums", bound)
    return requantise((first << a_shift) + (second << b_shift), finest - out_fraction, bits)


def concatenate(
    tensors: Sequence[NDArray[np.integer]], fractions: Sequence[int]
) -> NDArray[np.int64]:
    """Put the channels of several tensors behind each other.

    Parameters
    ----------
    tensors : sequence of ndarray of int, shape (channels, ...)
        Tensors that differ in the number of channels only.
    fractions : sequence of int
        Fraction of each tensor [bits]; all must be equal.

    Returns
    -------
    ndarray of int64, shape (all channels, ...)
        The channels, in order.

    Raises
    ------
    TypeError
        If a tensor is not of an integer type.
    ValueError
        If the fractions differ, are not as many as the tensors, or other axes than the first do.

    Notes
    -----
    Source: integer rules of the development networks (a concatenation keeps the fraction).

    Examples
    --------
    >>> import numpy as np
    >>> concatenate([np.array([1, 2]), np.array([3])], [4, 4])
    array([1, 2, 3])
    """
    if len(tensors) != len(fractions):
        raise ValueError(f"fractions must be {len(tensors)} numbers, not {len(fractions)}")
    if len(set(fractions)) != 1:
        raise ValueError(f"fractions must be equal, not {list(fractions)}")
    parts = [as_int64(f"tensors[{index}]", tensor) for index, tensor in enumerate(tensors)]
    if len({part.shape[1:] for part in parts}) != 1:
        raise ValueError(
            f"tensors must differ in channels only, not be {[part.shape for part in parts]}"
        )
    return np.concatenate(parts)
