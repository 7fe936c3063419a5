"""Kernels without encoding: their values, and where these lie in the patch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiler.extent import Extent
from grus.compiler.layer import Layer
from grus.compiler.tiling import Strip

__all__ = ["kernel_shape", "kernel_values"]


def kernel_values(layer: Layer, outputs: Extent, channels: Extent) -> NDArray[np.int64]:
    """All weights of some output channels on a slice of the input channels, zeros included.

    Parameters
    ----------
    layer : Layer
        The layer.
    outputs, channels : Extent
        Output channels and input channels, the latter counted over all groups: whole groups, or
        channels of a single one.

    Returns
    -------
    ndarray of int64, shape (outputs, values)
        Kernel row by kernel row, tap by tap, channel by channel; without channels of other groups.
    """
    per_group = layer.weights.shape[1]
    first = channels.start % per_group
    some = layer.weights[outputs.slice(), first : first + min(channels.length, per_group)]
    return np.moveaxis(some, 1, -1).reshape(outputs.length, -1).astype(np.int64)


def kernel_shape(layer: Layer, outputs: Extent, channels: Extent, strip: Strip) -> dict[str, int]:
    """Where these values lie: fields of the reader's kernel shape layout.

    Parameters
    ----------
    layer, outputs, channels
        As in :func:`kernel_values`.
    strip : Strip
        Layout of the patch.
    """
    per_group, rows, columns = layer.weights.shape[1:]
    own = min(channels.length, per_group)
    tap_step = layer.window.dilation[1] * channels.length
    length = (columns - 1) * tap_step + own
    joined = tap_step == own  # taps follow each other without gaps
    members = layer.outputs // layer.window.groups
    group, place = divmod(outputs.start, members)
    return {
        "rows": rows,
        "taps": 1 if joined else columns,
        "run": length if joined else own,
        "tap_gap": 0 if joined or columns == 1 else tap_step - own,
        "row_gap": strip.row_step - length if rows > 1 else 0,
        "start": max(group * per_group - channels.start, 0),
        "start_step": own,
        "first_items": min(members - place, outputs.length),
        "group_items": min(members, outputs.length),
    }
