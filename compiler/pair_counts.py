"""How many encoded pairs kernels take, without encoding them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiled import compiled
from grus.compiler.extent import Extent
from grus.compiler.layer import Layer
from grus.compiler.tiling import Strip

__all__ = ["PairCounts"]


class PairCounts:
    """Pairs of the kernels of a layer, for any slice and strip.

    Parameters
    ----------
    layer : Layer
        The layer.
    index_bits : int
        Width of a zero count [bits].
    """

    def __init__(self, layer: Layer, *, index_bits: int):
        self._layer, self._run = layer, 1 << index_bits
        # Channels fastest, as a work-item runs over the patch.
        self._marks = np.ascontiguousarray((layer.weights != 0).transpose(0, 2, 3, 1))

    def of(self, outputs: Extent, channels: Extent, strip: Strip) -> NDArray[np.int64]:
        """Pairs of each kernel as :func:`pack_kernels` encodes it, fillers included.

        Parameters
        ----------
        outputs, channels : Extent
            Output channels and input channels; the latter counted over all groups.
        strip : Strip
            Layout of the patch.

        Returns
        -------
        ndarray of int64, shape (outputs,)
            Pairs.
        """
        window = self._layer.window
        return _count_pairs(
            self._marks,
            outputs.start,
            outputs.stop,
            channels.start,
            channels.stop,
            self._layer.outputs // window.groups,
            strip.row_step,
            window.dilation[1] * channels.length,
            self._run,
        )


@compiled
def _count_pairs(marks, first, stop, low, high, outputs_per_group, row_step, column_step, run):  # type: ignore[no-untyped-def]
    """A value takes a pair, and a filler for each full run of zeros before it."""
    _, rows, columns, per_group = marks.shape
    counts = np.zeros(stop - first, np.int64)
    for output in range(first, stop):
        group_start = output // outputs_per_group * per_group
        begin, end = max(low, group_start), min(high, group_start + per_group)
        pairs = behind = 0
        for row in range(rows):
            for column in range(columns):
                base = row * row_step + column * column_step - low
                tap = marks[output, row, column]
                for channel in range(begin, end):
                    if tap[channel - group_start]:
                        pairs += (base + channel - behind) // run + 1
                        behind = base + channel + 1
        counts[output - first] = pairs
    return counts
