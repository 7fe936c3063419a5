"""Operators that change the rows and columns of a map without weights."""

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64, magnitude, require_int, require_int64
from grus.golden.formats import requantise

__all__ = ["resize_double", "subsample_and_pad"]


def _double(values: NDArray[np.int64], axis: int) -> NDArray[np.int64]:
    """Quarters of the values halfway between: 1 of the farther neighbour, 3 of the nearer."""
    length = values.shape[axis]
    before = np.take(values, np.maximum(np.arange(length) - 1, 0), axis)
    after = np.take(values, np.minimum(np.arange(length) + 1, length - 1), axis)
    halves = np.stack((before + 3 * values, 3 * values + after), axis + 1)
    return halves.reshape(*values.shape[:axis], 2 * length, *values.shape[axis + 1 :])


def resize_double(
    values: NDArray[np.integer], fraction: int, out_fraction: int, bits: int
) -> NDArray[np.int64]:
    """Double the rows and columns by bilinear interpolation.

    Parameters
    ----------
    values : ndarray of int, shape (channels, rows, columns)
        The map [2^-fraction].
    fraction, out_fraction : int
        Fractions of the map and of the result [bits].
    bits : int
        Width of the result [bits], 2 to 32.

    Returns
    -------
    ndarray of int64, shape (channels, 2 rows, 2 columns)
        Larger map, rounded half up and saturated [2^-out_fraction].

    Raises
    ------
    TypeError
        If `values` is not of an integer type, or another argument not an integer.
    ValueError
        If `values` has another number of axes, a sum could leave int64, or `bits` is out of range.

    Notes
    -----
    Source: integer rules of the development networks; ONNX operator Resize (half pixel, linear).
    Sixteenths are exact, so that each element is rounded once.

    Examples
    --------
    >>> import numpy as np
    >>> resize_double(np.array([[[0, 8]]]), 0, 0, 16)[0, 0]
    array([0, 2, 6, 8])
    """
    inputs = as_int64("values", values, "channels", "rows", "columns")
    require_int64("the sixteenths", 16 * magnitude(inputs))
    sixteenths = _double(_double(inputs, 1), 2)
    return requantise(sixteenths, 4 + fraction - out_fraction, bits)


def subsample_and_pad(
    values: NDArray[np.integer], stride: int, channels_before: int, channels_after: int
) -> NDArray[np.int64]:
    """Keep every n-th row and column, and put channels of zeros before and after.

    Parameters
    ----------
    values : ndarray of int, shape (channels, rows, columns)
        The map.
    stride : int
        Distance of the rows and columns kept [elements].
    channels_before, channels_after : int
        Number of channels of zeros.

    Returns
    -------
    ndarray of int64, shape (all channels, kept rows, kept columns)
        Smaller map with more channels, in the unit of `values`.

    Raises
    ------
    TypeError
        If `values` is not of an integer type, or another argument not an integer.
    ValueError
        If `values` has another number of axes, or a number is out of range.

    Notes
    -----
    Source: integer rules of the development networks (short cut of a residual block without
    weights).

    Examples
    --------
    >>> import numpy as np
    >>> subsample_and_pad(np.array([[[1, 2, 3]]]), 2, 0, 1).tolist()
    [[[1, 3]], [[0, 0]]]
    """
    inputs = as_int64("values", values, "channels", "rows", "columns")
    step = require_int("stride", stride, 1)
    before = require_int("channels_before", channels_before, 0)
    after = require_int("channels_after", channels_after, 0)
    return np.pad(inputs[:, ::step, ::step], ((before, after), (0, 0), (0, 0)))
