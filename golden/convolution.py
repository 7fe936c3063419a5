"""Convolutions and matrix products with exact accumulators."""

from math import prod

import numpy as np
from numpy.typing import NDArray

from grus.golden.checks import as_int64, magnitude, require_int64
from grus.golden.patches import pad_map, patch_view
from grus.golden.window import PLAIN, Window, output_shape

__all__ = ["convolve", "effectual_macs", "multiply"]

_LARGEST_BLOCK = 1 << 22  # elements of patches copied at a time: bounds the memory


def _exact_type(bound: int) -> type[np.float64] | type[np.int64]:
    require_int64("the sums", bound)
    return np.float64 if bound < 1 << 53 else np.int64


def _add_bias(
    sums: NDArray[np.int64], bias: NDArray[np.integer] | None, bound: int
) -> NDArray[np.int64]:
    if bias is None:
        return sums
    addends = as_int64("bias", bias, "outputs")
    if len(addends) != len(sums):
        raise ValueError(f"bias must have {len(sums)} outputs, not {len(addends)}")
    require_int64("the sums", bound + magnitude(addends))
    return sums + addends.reshape(-1, *[1] * (sums.ndim - 1))


def convolve(
    inputs: NDArray[np.integer],
    weights: NDArray[np.integer],
    bias: NDArray[np.integer] | None = None,
    window: Window = PLAIN,
) -> NDArray[np.int64]:
    """Convolve exactly.

    Parameters
    ----------
    inputs : ndarray of int, shape (channels, rows, columns)
        Activations [activation LSB].
    weights : ndarray of int, shape (outputs, channels / groups, kernel rows, kernel columns)
        Weights [weight LSB].
    bias : ndarray of int, shape (outputs,), or None
        Biases at accumulator scale [activation LSB x weight LSB].
    window : Window
        How the kernel moves.

    Returns
    -------
    ndarray of int64, shape (outputs, rows, columns)
        Accumulators [activation LSB x weight LSB].

    Raises
    ------
    TypeError
        If an array is not of an integer type.
    ValueError
        If the shapes do not match (see :func:`grus.golden.window.output_shape`), or a sum could
        leave int64.

    Notes
    -----
    Source: Crane, section 3.1; architecture brief, section 3 (exact accumulators).

    No partial sum exceeds largest input x largest weight x terms. Where that is below 2^53, each
    is a float64 without rounding, in whatever order they are added; else the sums run in int64.

    Examples
    --------
    >>> import numpy as np
    >>> convolve(np.array([[[1, 2, 3]]]), np.array([[[[1, -1]]]]), np.array([10]))
    array([[[9, 9]]])
    """
    inputs = as_int64("inputs", inputs)
    weights = as_int64("weights", weights)
    outputs, rows, columns = output_shape(inputs.shape, weights.shape, window)
    depth = prod(weights.shape[1:])
    bound = magnitude(inputs) * magnitude(weights) * depth
    exact = _exact_type(bound)
    kernels = weights.reshape(window.groups, outputs // window.groups, depth).astype(exact)
    padded = pad_map(inputs, window.padding, 0).astype(exact)
    patches = patch_view(padded, weights.shape[2:], window.stride, window.dilation)
    patches = patches.transpose(0, 3, 4, 1, 2)
    sums = np.empty((*kernels.shape[:2], rows, columns), np.int64)
    block = max(1, _LARGEST_BLOCK // max(1, window.groups * depth * columns))
    for first in range(0, rows, block):
        target = sums[:, :, first : first + block]
        taps = patches[..., first : first + block, :]
        operand = taps.reshape(window.groups, depth, target.shape[2] * columns)
        target[...] = (kernels @ operand).reshape(target.shape)
    return _add_bias(sums.reshape(outputs, rows, columns), bias, bound)


def multiply(
    weights: NDArray[np.integer],
    vector: NDArray[np.integer],
    bias: NDArray[np.integer] | None = None,
) -> NDArray[np.int64]:
    """Multiply a matrix of weights by a vector, exactly: a fully connected layer.

    Parameters
    ----------
    weights : ndarray of int, shape (outputs, inputs)
        Weights [weight LSB].
    vector : ndarray of int, shape (inputs,)
        Activations [activation LSB].
    bias : ndarray of int, shape (outputs,), or None
        Biases at accumulator scale [activation LSB x weight LSB].

    Returns
    -------
    ndarray of int64, shape (outputs,)
        Accumulators [activation LSB x weight LSB].

    Raises
    ------
    TypeError
        If an array is not of an integer type.
    ValueError
        If the shapes do not match, or a sum could leave int64.

    Notes
    -----
    Source: ONNX operator Gemm; exactness as in :func:`convolve`.

    Examples
    --------
    >>> import numpy as np
    >>> multiply(np.array([[1, -2], [3, 4]]), np.array([5, 6]), np.array([100, 0]))
    array([93, 39])
    """
    matrix = as_int64("weights", weights, "outputs", "inputs")
    operand = as_int64("vector", vector, "inputs")
    if matrix.shape[1] != len(operand):
        raise ValueError(f"vector must have {matrix.shape[1]} inputs, not {len(operand)}")
    bound = magnitude(matrix) * magnitude(operand) * len(operand)
    exact = _exact_type(bound)
    sums = (matrix.astype(exact) @ operand.astype(exact)).astype(np.int64)
    return _add_bias(sums, bias, bound)


def effectual_macs(
    inputs: NDArray[np.integer], weights: NDArray[np.integer], window: Window = PLAIN
) -> int:
    """Count the effectual pairs of a convolution: activation and weight both non-zero.

    Parameters
    ----------
    inputs : ndarray of int, shape (channels, rows, columns)
        Activations.
    weights : ndarray of int, shape (outputs, channels / groups, kernel rows, kernel columns)
        Weights.
    window : Window
        How the kernel moves; its padding is zero and never counts.

    Returns
    -------
    int
        Number of multiplications that a machine cannot skip.

    Raises
    ------
    TypeError
        If an array is not of an integer type.
    ValueError
        If the shapes do not match (see :func:`grus.golden.window.output_shape`).

    Notes
    -----
    Source: architecture brief, section 2 (effectual pair). Each tap is met by as many kernels as
    have a weight there, at as many positions as have an activation under it.

    Examples
    --------
    >>> import numpy as np
    >>> effectual_macs(np.array([[[1, 0, 3]]]), np.array([[[[1, -1]]], [[[0, 5]]]]))
    3
    """
    inputs = as_int64("inputs", inputs)
    weights = as_int64("weights", weights)
    outputs, _, _ = output_shape(inputs.shape, weights.shape, window)
    padded = pad_map(inputs, window.padding, 0) != 0
    patches = patch_view(padded, weights.shape[2:], window.stride, window.dilation)
    kernels = (weights != 0).reshape(window.groups, outputs // window.groups, *weights.shape[1:])
    at_tap = np.count_nonzero(kernels, axis=1).reshape(-1, *weights.shape[2:])
    return int((at_tap * np.count_nonzero(patches, axis=(1, 2))).sum())
