"""Which inputs an output needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from grus.compiler.extent import Extent
from grus.compiler.layer import Layer

__all__ = ["Geometry"]


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """A layer together with the shape of its inputs.

    Parameters
    ----------
    layer : Layer
        The layer.
    channels, rows, columns : int
        Shape of the inputs.
    """

    layer: Layer
    channels: int
    rows: int
    columns: int

    @classmethod
    def of(cls, layer: Layer, inputs_shape: tuple[int, ...]) -> Geometry:
        """Geometry of `layer` on inputs of shape (channels, rows, columns)."""
        channels, rows, columns = inputs_shape
        return cls(layer=layer, channels=channels, rows=rows, columns=columns)

    @cached_property
    def map_shape(self) -> tuple[int, int]:
        """Rows and columns of the map before pooling."""
        _, rows, columns = self.layer.map_shape((self.channels, self.rows, self.columns))
        return rows, columns

    @cached_property
    def kernel(self) -> tuple[int, int]:
        """Rows and columns of a kernel."""
        return self.layer.weights.shape[2], self.layer.weights.shape[3]

    @cached_property
    def span(self) -> tuple[int, int]:
        """Input rows and columns under one kernel, dilation included."""
        rows, columns = self.kernel
        down, right = self.layer.window.dilation
        return (rows - 1) * down + 1, (columns - 1) * right + 1

    def columns_under(self, outputs: int) -> int:
        """Input columns under some neighbouring output columns."""
        return (outputs - 1) * self.layer.window.stride[1] + self.span[1]

    def inputs_of(self, outputs: Extent, axis: int) -> Extent:
        """Input rows (axis 0) or columns (axis 1) of some outputs, before padding is cut off.

        The extent may begin below zero or end beyond the inputs: there lies padding.
        """
        stride = self.layer.window.stride[axis]
        start = outputs.start * stride - self.layer.window.padding[axis]
        return Extent(start, start + (outputs.length - 1) * stride + self.span[axis])

    def window_of(self, pooled: Extent, axis: int) -> Extent:
        """Map rows (axis 0) or columns (axis 1) that some pooled outputs need."""
        length, pool = self.map_shape[axis], self.layer.pool
        if pool is None:
            return pooled
        kernel, stride, padding = pool.kernel[axis], pool.stride[axis], pool.padding[axis]
        start = pooled.start * stride - padding
        stop = (pooled.stop - 1) * stride - padding + kernel
        return Extent(max(start, 0), min(stop, length))

    def completed_rows(self, rows: Extent) -> Extent:
        """Rows of the result that are complete with some map rows, and were not before them."""
        return Extent(self._complete_before(rows.start), self._complete_before(rows.stop))

    def _complete_before(self, row: int) -> int:
        """Rows of the result that need no map row from `row` on."""
        pool, (length, columns) = self.layer.pool, self.map_shape
        if pool is None:
            return row
        pooled, _ = pool.output_shape(length, columns)
        if row >= min((pooled - 1) * pool.stride[0] - pool.padding[0] + pool.kernel[0], length):
            return pooled
        return max((row - pool.kernel[0] + pool.padding[0]) // pool.stride[0] + 1, 0)
