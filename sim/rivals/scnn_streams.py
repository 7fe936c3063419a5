"""What each PE of SCNN multiplies: streams of activations and weights, and where they meet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["Stream", "activation_stream", "tile_bounds", "weight_stream"]


class Stream(NamedTuple):
    """Non-zeros of one operand, those that are multiplied together behind each other.

    Attributes
    ----------
    starts : ndarray of int64, shape (parts, channels of a group, phases, 2)
        First element of each list, and one behind its last. A part is a tile of a group of
        channels, or a block of output channels.
    outputs, rows, columns : ndarray of int64, shape (elements,)
        Output channel (0 for activations), and the place on the output map that the element
        stands for: a product falls on the difference of two rows and of two columns.
    """

    starts: NDArray[np.int64]
    outputs: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Elements of each list, shape (parts, channels of a group, phases)."""
        return self.starts[..., 1] - self.starts[..., 0]


def tile_bounds(length: int, tiles: int, *, balanced: bool) -> NDArray[np.int64]:
    """First element of each tile of a map's rows or columns, and one behind the last.

    Parameters
    ----------
    length : int
        Rows or columns.
    tiles : int
        Tiles.
    balanced : bool
        Tiles differ by at most one; otherwise all are as large as the largest, the last cut short.
    """
    number = np.arange(tiles + 1)
    if balanced:
        return number * length // tiles
    return np.minimum(number * -(-length // tiles), length)


def activation_stream(layer: SparseLayer, tiles: tuple[int, int], *, balanced: bool) -> Stream:
    """Activations by (group of channels x PE), channel and phase; tile by tile in raster order.

    Notes
    -----
    Source: planar tiles [S4]; phases of a stride, which pair an activation only with weights that
    it meets [S7].
    """
    window = layer.window
    channels = layer.inputs.shape[0] // layer.groups
    bounds = [
        tile_bounds(length, count, balanced=balanced)
        for length, count in zip(layer.inputs.shape[1:], tiles, strict=True)
    ]
    place = [
        np.arange(length) + before
        for length, before in zip(layer.inputs.shape[1:], window.padding[:2], strict=True)
    ]
    tile = [
        np.searchsorted(bound, np.arange(length), side="right") - 1
        for bound, length in zip(bounds, layer.inputs.shape[1:], strict=True)
    ]
    pe = tile[0][:, None] * tiles[1] + tile[1][None, :]
    phase = place[0][:, None] % window.stride[0] * window.stride[1] + place[1] % window.stride[1]
    phases = window.stride[0] * window.stride[1]
    pes = tiles[0] * tiles[1]
    # List of an element: that of its channel, and what its pixel adds.
    channel = np.arange(layer.inputs.shape[0])
    of_channel = (channel // channels * pes * channels + channel % channels) * phases
    of_pixel = (pe * channels * phases + phase).ravel()
    lists = layer.groups * pes * channels * phases
    where, starts = _sorted(layer.inputs.reshape(len(channel), -1), of_channel, of_pixel, lists)
    pixel = where % phase.size
    return Stream(
        starts=starts.reshape(layer.groups * pes, channels, phases, 2),
        outputs=np.zeros(len(where), np.int64),
        rows=place[0][pixel // phase.shape[1]] // window.stride[0],
        columns=place[1][pixel % phase.shape[1]] // window.stride[1],
    )


def weight_stream(layer: SparseLayer, block_outputs: int) -> Stream:
    """Weights by block of output channels, channel and phase; output channels, then taps in order.

    Blocks of output channels do not reach over groups of the channels.
    """
    window = layer.window
    outputs, channels = layer.weights.shape[:2]
    of_group = outputs // layer.groups
    blocks = -(-of_group // block_outputs)
    steps = [np.arange(taps) * d for taps, d in zip(layer.kernel, window.dilation, strict=True)]
    phase = steps[0][:, None] % window.stride[0] * window.stride[1] + steps[1] % window.stride[1]
    phases = window.stride[0] * window.stride[1]
    output = np.arange(outputs)
    block = output // of_group * blocks + output % of_group // block_outputs
    of_output = block * channels * phases
    of_place = (np.arange(channels)[:, None] * phases + phase.ravel()).ravel()
    lists = layer.groups * blocks * channels * phases
    flat = layer.effectual_weights.reshape(outputs, -1)
    where, starts = _sorted(flat, of_output, of_place, lists)
    tap = where % phase.size
    return Stream(
        starts=starts.reshape(-1, channels, phases, 2),
        outputs=where // flat.shape[1],
        rows=steps[0][tap // phase.shape[1]] // window.stride[0],
        columns=steps[1][tap % phase.shape[1]] // window.stride[1],
    )


@njit(cache=True)
def _sorted(
    pattern: NDArray[np.bool_],
    of_row: NDArray[np.int64],
    of_column: NDArray[np.int64],
    lists: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Flat places of non-zeros, list by list, and where the lists start and end."""
    lengths = np.zeros(lists, np.int64)
    for row in range(pattern.shape[0]):
        for column in range(pattern.shape[1]):
            if pattern[row, column]:
                lengths[of_row[row] + of_column[column]] += 1
    starts = np.zeros((lists, 2), np.int64)
    starts[:, 1] = np.cumsum(lengths)
    starts[1:, 0] = starts[:-1, 1]
    following = starts[:, 0].copy()
    where = np.empty(lengths.sum(), np.int64)
    for row in range(pattern.shape[0]):
        for column in range(pattern.shape[1]):
            if pattern[row, column]:
                number = of_row[row] + of_column[column]
                where[following[number]] = row * pattern.shape[1] + column
                following[number] += 1
    return where, starts
