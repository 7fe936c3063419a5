"""A convolution reduced to the zero patterns of its two operands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from grus.golden.window import Window, output_shape

__all__ = ["SparseLayer"]


@dataclass(frozen=True, kw_only=True, eq=False)
class SparseLayer:
    """A convolution reduced to the zero patterns of its two operands.

    Parameters
    ----------
    name : str
        What reports call it.
    window : Window
        Stride, padding, dilation, groups.
    weights : ndarray of bool, shape (outputs, channels / groups, kernel rows, kernel columns)
        Where the stored weights are not zero.
    inputs : ndarray of bool, shape (channels, rows, columns)
        Where the activations are not zero.
    origin : str
        Where the patterns come from; for reports. Begins with ``synthetic`` or ``real``.
    dropped : ndarray of bool, shape (outputs,), optional
        Output channels that run-time pruning leaves out for these inputs. Their weights are stored
        all the same.

    Raises
    ------
    TypeError
        If a pattern is not of type bool.
    ValueError
        If shapes do not fit each other (see :func:`grus.golden.window.output_shape`), or `origin`
        does not say whether the layer is synthetic.
    """

    name: str
    window: Window
    weights: NDArray[np.bool_]
    inputs: NDArray[np.bool_]
    origin: str
    dropped: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        for name in ("weights", "inputs", "dropped"):
            pattern = getattr(self, name)
            if pattern is None:
                continue
            if not isinstance(pattern, np.ndarray) or pattern.dtype != np.bool_:
                kind = getattr(pattern, "dtype", type(pattern).__name__)
                raise TypeError(f"{name} of {self.name} must be an array of bool, not {kind}")
            if not pattern.flags.c_contiguous:
                pattern = np.ascontiguousarray(pattern)
            pattern = pattern.view()
            pattern.flags.writeable = False
            object.__setattr__(self, name, pattern)
        outputs, _, _ = output_shape(self.inputs.shape, self.weights.shape, self.window)
        if self.dropped is not None and self.dropped.shape != (outputs,):
            raise ValueError(
                f"dropped of {self.name} must have shape ({outputs},), not {self.dropped.shape}"
            )
        if not self.origin.startswith(("synthetic", "real")):
            raise ValueError(
                f"origin of {self.name} must begin with synthetic or real, not {self.origin!r}"
            )

    @property
    def groups(self) -> int:
        """Parts of the channels that are convolved apart from each other."""
        return self.window.groups

    @property
    def kernel(self) -> tuple[int, int]:
        """Taps of a kernel (rows, columns)."""
        return self.weights.shape[2], self.weights.shape[3]

    @property
    def terms(self) -> int:
        """Products in one output element, zeros included."""
        return int(np.prod(self.weights.shape[1:]))

    @cached_property
    def output_shape(self) -> tuple[int, int, int]:
        """Outputs, rows and columns of the result."""
        return output_shape(self.inputs.shape, self.weights.shape, self.window)

    @property
    def positions(self) -> int:
        """Output positions: rows x columns of the result."""
        return self.output_shape[1] * self.output_shape[2]

    @property
    def dense_macs(self) -> int:
        """Products of the convolution, those with zeros and padding included."""
        return self.output_shape[0] * self.positions * self.terms

    @cached_property
    def effectual_weights(self) -> NDArray[np.bool_]:
        """Weights that the result needs: without those of dropped outputs. Shape as weights."""
        if self.dropped is None:
            return self.weights
        return self.weights & ~self.dropped[:, None, None, None]

    @cached_property
    def positions_at_tap(self) -> NDArray[np.int64]:
        """Output positions with a non-zero activation under each tap.

        Shape (channels, kernel rows, kernel columns).
        """
        _, rows, columns = self.output_shape
        window = self.window
        return _positions_at_tap(
            self.inputs, *self.kernel, rows, columns, window.stride, window.padding, window.dilation
        )

    @cached_property
    def effectual_macs(self) -> int:
        """Effectual pairs: a weight that is needed, and a non-zero activation under it."""
        return self.pairs_with(self.effectual_weights)

    def pairs_with(self, weights: NDArray[np.bool_]) -> int:
        """Pairs of a non-zero activation with any pattern of weights.

        Parameters
        ----------
        weights : ndarray of bool, shape as that of the layer's weights
            The pattern.

        Notes
        -----
        Source: architecture brief, section 2 (effectual pair). Each tap is met by as many kernels
        as have a weight there, at as many positions as have an activation under it.
        """
        by_group = weights.reshape(self.groups, -1, *weights.shape[1:])
        at_tap = np.count_nonzero(by_group, axis=1).reshape(-1, *self.kernel)
        return int((at_tap * self.positions_at_tap).sum())


@njit(cache=True, parallel=True)
def _positions_at_tap(
    inputs: NDArray[np.bool_],
    kernel_rows: int,
    kernel_columns: int,
    rows: int,
    columns: int,
    stride: tuple[int, int],
    padding: tuple[int, int, int, int],
    dilation: tuple[int, int],
) -> NDArray[np.int64]:
    """Count, for each channel and tap, output positions with a non-zero activation under it."""
    channels, map_rows, map_columns = inputs.shape
    counts = np.zeros((channels, kernel_rows, kernel_columns), np.int64)
    for channel in prange(channels):
        for tap_row in range(kernel_rows):
            for row in range(rows):
                map_row = row * stride[0] + tap_row * dilation[0] - padding[0]
                if not 0 <= map_row < map_rows:
                    continue
                for tap_column in range(kernel_columns):
                    offset = tap_column * dilation[1] - padding[1]
                    found = 0
                    for column in range(columns):
                        map_column = column * stride[1] + offset
                        if 0 <= map_column < map_columns:
                            found += inputs[channel, map_row, map_column]
                    counts[channel, tap_row, tap_column] += found
    return counts
