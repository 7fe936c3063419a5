"""How many encoded pairs kernels take, without encoding them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.bits import WORD_BITS, count_ones, highest_one, lowest_one, ones_from, pack_kernels
from grus.compiled import borrowing, inlined
from grus.compiler.extent import Extent
from grus.compiler.layer import Layer
from grus.compiler.tiling import Strip

__all__ = ["KernelTaps", "PairCounts"]


class KernelTaps(NamedTuple):
    """Kernels on some slices, tap by tap; how taps follow each other depends on the strip.

    Attributes
    ----------
    taps : ndarray of int32, shape (slices, outputs, rows, columns, 3)
        Pairs of a tap, not counting fillers before its first weight; that one's channel, counted
        from the slice's first, or -1 if there is none; and the last one's.
    lengths : ndarray of int64, shape (slices,)
        Channels of each slice.
    """

    taps: NDArray[np.int32]
    lengths: NDArray[np.int64]


class PairCounts:
    """Pairs of the kernels of a layer, for any slices and strip.

    Parameters
    ----------
    layer : Layer
        The layer.
    index_bits : int
        Width of a zero count [bits].
    """

    def __init__(self, layer: Layer, *, index_bits: int):
        self._layer, self._index_bits = layer, index_bits
        self._packed = pack_kernels(layer.weights != 0)

    def taps(self, units: Sequence[tuple[Extent, Sequence[Extent]]]) -> KernelTaps:
        """What of some kernels on some slices does not depend on the strip.

        Parameters
        ----------
        units : sequence of (Extent, sequence of Extent)
            Output channels, and slices of the input channels, counted over all groups; of each unit
            as many, and slices of the same lengths.

        Returns
        -------
        KernelTaps
            Slice by slice, the output channels of all units one behind the other.
        """
        layer = self._layer
        outputs = np.array([outputs for outputs, _ in units])
        slices = np.array([slices for _, slices in units])
        all_outputs = int((outputs[:, 1] - outputs[:, 0]).sum())
        shape = slices.shape[1], all_outputs, *layer.weights.shape[2:], 3
        taps = np.empty(shape, dtype=np.int32)
        _look_at_taps(
            self._packed,
            outputs,
            slices,
            layer.outputs // layer.window.groups,
            layer.weights.shape[1],
            self._index_bits,
            taps,
        )
        return KernelTaps(taps, slices[0, :, 1] - slices[0, :, 0])

    def of(self, kernels: KernelTaps, strip: Strip) -> NDArray[np.int64]:
        """Pairs of each kernel as :func:`pack_kernels` encodes it, fillers included.

        Parameters
        ----------
        kernels : KernelTaps
            The kernels.
        strip : Strip
            Layout of the patch.

        Returns
        -------
        ndarray of int64, shape (slices, outputs)
            Pairs.
        """
        counts = np.empty(kernels.taps.shape[:2], dtype=np.int64)
        steps = self._layer.window.dilation[1] * kernels.lengths
        _join_taps(kernels.taps, strip.row_step, steps, self._index_bits, counts)
        return counts


@borrowing
def _look_at_taps(packed, outputs, slices, outputs_per_group, per_group, index_bits, taps):  # type: ignore[no-untyped-def]
    count, _, rows, columns, _ = taps.shape
    for index in range(count):
        place = 0
        for unit in range(len(outputs)):
            low, high = slices[unit, index]
            for output in range(outputs[unit, 0], outputs[unit, 1]):
                group_start = output // outputs_per_group * per_group
                begin, end = max(low, group_start), min(high, group_start + per_group)
                for row in range(rows):
                    for column in range(columns):
                        words, found = packed[output, row, column], taps[index, place, row, column]
                        _look_at_tap(words, begin, end, group_start, index_bits, found)
                        if found[1] >= 0:
                            found[1] += begin - low
                            found[2] += begin - low
                place += 1


@inlined
def _look_at_tap(words, begin, end, bit_0, index_bits, found):  # type: ignore[no-untyped-def]
    """Pairs from the first weight on, its place, the last one's; places count from `begin`.

    Bit 0 of the words is channel `bit_0`.
    """
    pairs, first, last = 0, -1, -1
    for start in range(begin, end, WORD_BITS):
        ones = ones_from(words, start - bit_0, min(WORD_BITS, end - start))
        if not ones:
            continue
        lowest = start - begin + np.int64(lowest_one(ones))
        if first < 0:
            first = lowest
        else:
            pairs += (lowest - last - 1) >> index_bits
        pairs += np.int64(count_ones(ones)) + _fillers_within(ones, index_bits)
        last = start - begin + np.int64(highest_one(ones))
    found[0], found[1], found[2] = pairs, first, last


@inlined
def _fillers_within(ones, index_bits):  # type: ignore[no-untyped-def]
    """Fillers between the ones of a word: one for each full run of zeros."""
    reached = ones  # where a pair that follows a one needs no filler
    for doubling in range(min(index_bits, 6)):
        reached |= reached << (np.uint64(1) << np.uint64(doubling))
    if index_bits < 6:
        span = ~np.uint64(0) >> (np.uint64(WORD_BITS - 1) - highest_one(ones))
        if ~reached & span & ~((np.uint64(1) << lowest_one(ones)) - np.uint64(1)):
            fillers, last = 0, np.int64(lowest_one(ones))
            while ones:
                place = np.int64(lowest_one(ones))
                ones &= ones - np.uint64(1)
                fillers += max(place - last - 1, 0) >> index_bits
                last = place
            return fillers
    return 0


@borrowing
def _join_taps(taps, row_step, column_steps, index_bits, counts):  # type: ignore[no-untyped-def]
    """A value takes a pair, and a filler for each full run of zeros before it."""
    slices, outputs, rows, columns, _ = taps.shape
    for index in range(slices):
        for output in range(outputs):
            pairs = behind = 0
            for row in range(rows):
                for column in range(columns):
                    tap = taps[index, output, row, column]
                    if tap[1] >= 0:
                        base = row * row_step + column * column_steps[index]
                        pairs += tap[0] + ((base + tap[1] - behind) >> index_bits)
                        behind = base + tap[2] + 1
            counts[index, output] = pairs
