"""A layer as the core computes it: convolution, requantisation, ReLU, pooling."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grus.golden.convolution import convolve
from grus.golden.elementwise import clip
from grus.golden.formats import requantise, signed_range
from grus.golden.pooling import average_pool, max_pool, pooled_length
from grus.golden.window import Window, output_shape

__all__ = ["Layer", "Pool"]


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Pooling behind a convolution.

    Parameters
    ----------
    kind : str
        ``"max"`` or ``"average"``; an average counts only elements inside the map.
    kernel, stride : tuple of int
        Size and distance of the windows (rows, columns) [elements].
    padding : tuple of int
        Padding (top, left, bottom, right) [elements].
    ceil_mode : bool
        Whether a last window may reach beyond the padded map.
    """

    kind: str
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int, int, int] = (0, 0, 0, 0)
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        if self.kind not in ("max", "average"):
            raise ValueError(f"kind must be max or average, not {self.kind}")

    def output_shape(self, rows: int, columns: int) -> tuple[int, int]:
        """Rows and columns of the pooled map."""
        top, left, bottom, right = self.padding
        return (
            pooled_length(
                rows, self.kernel[0], self.stride[0], top, bottom, ceil_mode=self.ceil_mode
            ),
            pooled_length(
                columns, self.kernel[1], self.stride[1], left, right, ceil_mode=self.ceil_mode
            ),
        )


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One convolution and what follows it on the way to the next.

    Parameters
    ----------
    name : str
        What messages and reports call it.
    weights : ndarray of int, shape (outputs, channels / groups, kernel rows, kernel columns)
        Weights [weight LSB].
    bias : ndarray of int64, shape (outputs,), optional
        Bias [weight LSB x input LSB].
    window : Window
        Stride, padding, dilation, groups.
    shift : int
        Requantisation, at least 0.
    relu : bool
        Replace negative values by zero.
    ceiling : int, optional
        Largest value that passes; the largest of the format if left out.
    pool : Pool, optional
        Pooling behind all this.
    """

    name: str
    weights: NDArray[np.integer]
    bias: NDArray[np.int64] | None = None
    window: Window = field(default_factory=Window)
    shift: int = 0
    relu: bool = False
    ceiling: int | None = None
    pool: Pool | None = None

    def __post_init__(self) -> None:
        if self.shift < 0:
            raise ValueError(
                f"layer {self.name}: shift must be at least 0, not {self.shift}: "
                "give the output fewer fraction bits"
            )

    @property
    def outputs(self) -> int:
        """Output channels."""
        return self.weights.shape[0]

    @property
    def biases(self) -> NDArray[np.int64]:
        """Bias of each output channel, zeros if there is none."""
        return np.zeros(self.outputs, np.int64) if self.bias is None else self.bias

    @property
    def terms(self) -> int:
        """Products in one output."""
        return int(np.prod(self.weights.shape[1:]))

    def map_shape(self, inputs_shape: tuple[int, ...]) -> tuple[int, int, int]:
        """Channels, rows and columns before pooling."""
        return output_shape(inputs_shape, self.weights.shape, self.window)

    def output_shape(self, inputs_shape: tuple[int, ...]) -> tuple[int, int, int]:
        """Channels, rows and columns of the result."""
        channels, rows, columns = self.map_shape(inputs_shape)
        if self.pool is not None:
            rows, columns = self.pool.output_shape(rows, columns)
        return channels, rows, columns

    def compute(self, inputs: NDArray[np.integer], *, data_bits: int) -> NDArray[np.int64]:
        """Run the golden model.

        Parameters
        ----------
        inputs : ndarray of int, shape (channels, rows, columns)
            Inputs [input LSB].
        data_bits : int
            Width of a value [bits].

        Returns
        -------
        ndarray of int64, shape (outputs, rows, columns)
            Result [output LSB].
        """
        sums = convolve(inputs, self.weights, self.bias, self.window)
        values = requantise(sums, self.shift, data_bits)
        low, high = signed_range(data_bits)
        ceiling = high if self.ceiling is None else self.ceiling
        values = clip(values, 0 if self.relu else low, ceiling)
        if self.pool is None:
            return values
        pool = max_pool if self.pool.kind == "max" else average_pool
        return pool(
            values,
            self.pool.kernel,
            self.pool.stride,
            self.pool.padding,
            ceil_mode=self.pool.ceil_mode,
        )
