"""Patches: what lies under one output position, for convolution and pooling."""

from typing import TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

__all__ = ["pad_map", "patch_view"]

_Scalar = TypeVar("_Scalar", bound=np.generic)


def pad_map(
    inputs: NDArray[np.int64], padding: tuple[int, int, int, int], fill: int
) -> NDArray[np.int64]:
    """Surround every channel of a map with a constant.

    Parameters
    ----------
    inputs : ndarray of int64, shape (channels, rows, columns)
        The map.
    padding : tuple of int
        Rows above, columns to the left, rows below, columns to the right.
    fill : int
        The constant.

    Returns
    -------
    ndarray of int64, shape (channels, rows + top + bottom, columns + left + right)
        The padded map.

    Notes
    -----
    Source: ONNX operator Conv, attribute pads (order of the four numbers).

    Examples
    --------
    >>> import numpy as np
    >>> pad_map(np.array([[[5]]]), (0, 1, 1, 0), 0)
    array([[[0, 5],
            [0, 0]]])
    """
    top, left, bottom, right = padding
    return np.pad(inputs, ((0, 0), (top, bottom), (left, right)), constant_values=fill)


def patch_view(
    inputs: NDArray[_Scalar],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int] = (1, 1),
) -> NDArray[_Scalar]:
    """Return all patches of a map, without copying.

    Parameters
    ----------
    inputs : ndarray, shape (channels, rows, columns)
        The map, padded already; its rows and columns hold one kernel at least.
    kernel : tuple of int
        Taps of the kernel (rows, columns).
    stride : tuple of int
        Distance of two patches (rows, columns) [elements].
    dilation : tuple of int
        Distance of two taps (rows, columns) [elements].

    Returns
    -------
    ndarray, shape (channels, rows, columns, kernel rows, kernel columns)
        Read-only view; rows and columns are those of the patches.

    Notes
    -----
    Source: Crane, section 3.1 (patch); ONNX operator Conv (stride, dilation).

    Examples
    --------
    >>> import numpy as np
    >>> patch_view(np.arange(5).reshape(1, 1, 5), (1, 2), (1, 2)).tolist()
    [[[[[0, 1]], [[2, 3]]]]]
    """
    reach = [(taps - 1) * step + 1 for taps, step in zip(kernel, dilation, strict=True)]
    every_patch = sliding_window_view(inputs, reach, axis=(1, 2))
    return every_patch[:, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]
