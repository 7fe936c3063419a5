"""Maximum and average pooling of integer maps."""

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64, magnitude, require_int, require_int64, require_ints
from grus.golden.patches import pad_map, patch_view

__all__ = ["average_pool", "global_average_pool", "max_pool", "pooled_length"]

_Pair = tuple[int, int]
_Padding = tuple[int, int, int, int]
_UNPADDED: _Padding = (0, 0, 0, 0)


def pooled_length(
    length: int,
    kernel: int,
    stride: int,
    padding_before: int = 0,
    padding_after: int = 0,
    *,
    ceil_mode: bool = False,
) -> int:
    """Return how many windows stand along one axis.

    Parameters
    ----------
    length : int
        Rows or columns of the map, at least 1 [elements].
    kernel, stride : int
        Length of a window and distance of two, at least 1 [elements].
    padding_before, padding_after : int
        Padding on the two sides, less than `kernel` [elements].
    ceil_mode : bool
        Whether a last window may reach beyond the padded map.

    Returns
    -------
    int
        Number of windows; each overlaps the map.

    Raises
    ------
    TypeError
        If a length is not an integer.
    ValueError
        If a length is out of range, or not even one window fits.

    Notes
    -----
    Source: ONNX operator MaxPool, version 22: a last window of ceil mode that would start beyond
    the map, in the padding after it, is dropped.

    Examples
    --------
    >>> pooled_length(111, 3, 2), pooled_length(112, 3, 2, ceil_mode=True)
    (55, 56)
    """
    require_int("length", length, 1)
    require_int("kernel", kernel, 1)
    require_int("stride", stride, 1)
    require_int("padding_before", padding_before, 0, kernel - 1)
    require_int("padding_after", padding_after, 0, kernel - 1)
    spare = length + padding_before + padding_after - kernel
    last = -(-spare // stride) if ceil_mode else spare // stride
    if last < 0:
        room = spare + kernel + (stride - 1 if ceil_mode else 0)
        raise ValueError(f"kernel must be at most {room} elements long, not {kernel}")
    starts_beyond = ceil_mode and last * stride >= length + padding_before
    return last if starts_beyond else last + 1


def _pooled_shape(
    shape: tuple[int, ...], kernel: _Pair, stride: _Pair, padding: _Padding, ceil_mode: bool
) -> tuple[int, ...]:
    require_ints("kernel", kernel, 2, 1)
    require_ints("stride", stride, 2, 1)
    require_ints("padding", padding, 4, 0)
    axes = zip(shape[1:], kernel, stride, padding[:2], padding[2:], strict=True)
    return tuple(pooled_length(*axis, ceil_mode=ceil_mode) for axis in axes)


def _windows(
    inputs: NDArray[np.int64],
    kernel: _Pair,
    stride: _Pair,
    before: _Pair,
    pooled: tuple[int, ...],
    fill: int,
) -> NDArray[np.int64]:
    """Windows of `pooled` rows and columns; whatever they need beyond the map is `fill`."""
    bottom, right = (
        max(0, (windows - 1) * step + taps - skipped - length)
        for windows, step, taps, skipped, length in zip(
            pooled, stride, kernel, before, inputs.shape[1:], strict=True
        )
    )
    return patch_view(pad_map(inputs, (*before, bottom, right), fill), kernel, stride)


def max_pool(
    inputs: NDArray[np.integer],
    kernel: _Pair,
    stride: _Pair,
    padding: _Padding = _UNPADDED,
    *,
    ceil_mode: bool = False,
) -> NDArray[np.int64]:
    """Take the largest element of each window.

    Parameters
    ----------
    inputs : ndarray of int, shape (channels, rows, columns)
        The map.
    kernel, stride : tuple of int
        Size of a window and distance of two (rows, columns) [elements].
    padding : tuple of int
        Elements around the map (top, left, bottom, right), less than `kernel`; they never win.
    ceil_mode : bool
        Whether a last window may reach beyond the padded map.

    Returns
    -------
    ndarray of int64, shape (channels, pooled rows, pooled columns)
        Maxima, in the unit of `inputs`.

    Raises
    ------
    TypeError
        If `inputs` is not of an integer type, or another argument not a tuple of integers.
    ValueError
        If a number is out of range, or not even one window fits (see :func:`pooled_length`).

    Notes
    -----
    Source: Crane, section 4.5 (pooling); ONNX operator MaxPool, version 22.

    Examples
    --------
    >>> import numpy as np
    >>> max_pool(np.array([[[-5, -1, -3]]]), (1, 2), (1, 2), ceil_mode=True)
    array([[[-1, -3]]])
    """
    values = as_int64("inputs", inputs, "channels", "rows", "columns")
    pooled = _pooled_shape(values.shape, kernel, stride, padding, ceil_mode)
    lowest = int(np.iinfo(np.int64).min)
    return _windows(values, kernel, stride, padding[:2], pooled, lowest).max(axis=(3, 4))


def average_pool(
    inputs: NDArray[np.integer],
    kernel: _Pair,
    stride: _Pair,
    padding: _Padding = _UNPADDED,
    *,
    ceil_mode: bool = False,
    count_padding: bool = False,
) -> NDArray[np.int64]:
    """Average each window, rounding half up.

    Parameters
    ----------
    inputs : ndarray of int, shape (channels, rows, columns)
        The map.
    kernel, stride : tuple of int
        Size of a window and distance of two (rows, columns) [elements].
    padding : tuple of int
        Elements around the map (top, left, bottom, right), less than `kernel`.
    ceil_mode : bool
        Whether a last window may reach beyond the padded map; what lies there never counts.
    count_padding : bool
        Whether the padding counts as zeros; else a window has only its elements on the map.

    Returns
    -------
    ndarray of int64, shape (channels, pooled rows, pooled columns)
        Averages, in the unit of `inputs`.

    Raises
    ------
    TypeError
        If `inputs` is not of an integer type, or another argument not a tuple of integers.
    ValueError
        If a number is out of range, not even one window fits (see :func:`pooled_length`), or a sum
        could leave int64.

    Notes
    -----
    Source: project decision D-003; ONNX operator AveragePool, version 22 (what counts).

    Examples
    --------
    >>> import numpy as np
    >>> average_pool(np.array([[[1, 2, -2]]]), (1, 2), (1, 2), ceil_mode=True)
    array([[[ 2, -2]]])
    """
    values = as_int64("inputs", inputs, "channels", "rows", "columns")
    pooled = _pooled_shape(values.shape, kernel, stride, padding, ceil_mode)
    require_int64("the doubled sums", (2 * magnitude(values) + 1) * kernel[0] * kernel[1])
    sums = _windows(values, kernel, stride, padding[:2], pooled, 0).sum(axis=(3, 4))
    counted = pad_map(np.ones((1, *values.shape[1:]), np.int64), padding, int(count_padding))
    elements = _windows(counted, kernel, stride, (0, 0), pooled, 0).sum(axis=(3, 4))
    return (2 * sums + elements) // (2 * elements)


def global_average_pool(inputs: NDArray[np.integer]) -> NDArray[np.int64]:
    """Average each channel, rounding half up.

    Parameters
    ----------
    inputs : ndarray of int, shape (channels, rows, columns)
        The map.

    Returns
    -------
    ndarray of int64, shape (channels, 1, 1)
        Averages, in the unit of `inputs`.

    Raises
    ------
    TypeError
        If `inputs` is not of an integer type.
    ValueError
        If `inputs` has another number of axes or no element, or a sum could leave int64.

    Notes
    -----
    Source: project decision D-003.

    Examples
    --------
    >>> import numpy as np
    >>> global_average_pool(np.array([[[1, 2], [3, 4]]]))
    array([[[3]]])
    """
    values = as_int64("inputs", inputs, "channels", "rows", "columns")
    rows, columns = values.shape[1:]
    return average_pool(values, (rows, columns), (1, 1))
