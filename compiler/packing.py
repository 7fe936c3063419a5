"""How kernels are laid out as encoded work-items."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiler.extent import Extent
from grus.compiler.layer import Layer
from grus.compiler.tiling import Strip
from grus.golden.segments import Segments, encode_segments
from grus.hw.config import CraneConfig

__all__ = ["pack_kernels", "rows_of"]


def pack_kernels(
    layer: Layer, outputs: Extent, channels: Extent, strip: Strip, *, index_bits: int
) -> Segments:
    """Encode the kernels of some output channels on a slice of the input channels.

    Each work-item is one run over the positions of the patch: kernel row by kernel row, tap by
    tap, channel by channel. Zeros at the end of a tap count towards the first pair of the next
    (project decision D-011).

    Parameters
    ----------
    layer : Layer
        The layer.
    outputs, channels : Extent
        Output channels and input channels; the latter counted over all groups.
    strip : Strip
        Layout of the patch.
    index_bits : int
        Width of a zero count [bits].

    Returns
    -------
    Segments
        One segment per output channel.
    """
    rows, columns = layer.weights.shape[2:]
    tap_step = layer.window.dilation[1] * channels.length
    length = (rows - 1) * strip.row_step + (columns - 1) * tap_step + channels.length
    dense = np.zeros((outputs.length, length), dtype=np.int64)
    for place, output in enumerate(range(outputs.start, outputs.stop)):
        kernel = _kernel_on(layer, output, channels)
        for row in range(rows):
            for column in range(columns):
                start = row * strip.row_step + column * tap_step
                dense[place, start : start + channels.length] = kernel[:, row, column]
    return encode_segments(dense, index_bits=index_bits)


def _kernel_on(layer: Layer, output: int, channels: Extent) -> NDArray[np.int64]:
    """The kernel of one output channel, zero on channels of other groups."""
    outputs, per_group, rows, columns = layer.weights.shape
    first = output // (outputs // layer.window.groups) * per_group
    kernel = np.zeros((channels.length, rows, columns), dtype=np.int64)
    low, high = max(first, channels.start), min(first + per_group, channels.stop)
    if low < high:
        kernel[low - channels.start : high - channels.start] = layer.weights[
            output, low - first : high - first
        ]
    return kernel


def rows_of(pairs: NDArray[np.int64], config: CraneConfig) -> NDArray[np.int64]:
    """Resident rows that work-items of so many pairs take, at least one each."""
    return np.maximum(-(-pairs // config.lookahead), 1)
