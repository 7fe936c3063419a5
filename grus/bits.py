"""Zero patterns as words of 64 bits, for compiled code."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from grus.compiled import borrowing, compiled, inlined

__all__ = [
    "WORD_BITS",
    "count_ones",
    "highest_one",
    "lowest_one",
    "ones_from",
    "pack_channels",
    "pack_kernels",
]

WORD_BITS = 64


@intrinsic
def count_ones(typing_context, word):  # type: ignore[no-untyped-def]
    """Ones of an unsigned 64-bit word, in one instruction."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def lowest_one(typing_context, word):  # type: ignore[no-untyped-def]
    """Place of the lowest one of an unsigned 64-bit word, which must not be zero."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


@intrinsic
def highest_one(typing_context, word):  # type: ignore[no-untyped-def]
    """Place of the highest one of an unsigned 64-bit word, which must not be zero."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        zeros = builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 1))
        return builder.sub(ir.Constant(zeros.type, WORD_BITS - 1), zeros)

    return types.uint64(types.uint64), generate


@borrowing
def pack_channels(mask: NDArray[np.bool_], words: NDArray[np.uint64]) -> None:
    """Pack a map's channels, 64 to a word.

    Parameters
    ----------
    mask : ndarray of bool, shape (channels, rows, columns)
        Where values are not zero.
    words : ndarray of uint64, shape (ceil(channels / 64), rows, columns)
        Written: bit c of word w is channel ``64 * w + c``; must be zero before.
    """
    channels, rows, columns = mask.shape
    for channel in range(channels):
        word, bit = channel // WORD_BITS, np.uint64(channel % WORD_BITS)
        for row in range(rows):
            for column in range(columns):
                words[word, row, column] |= np.uint64(mask[channel, row, column]) << bit


@compiled
def pack_kernels(weights: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack the channels of each tap of each kernel, 64 to a word.

    Parameters
    ----------
    weights : ndarray of bool, shape (outputs, channels, rows, columns)
        Where weights are not zero.

    Returns
    -------
    ndarray of uint64, shape (outputs, rows, columns, words)
        With a word to spare, as :func:`ones_from` needs it.
    """
    outputs, channels, height, width = weights.shape
    packed = np.zeros((outputs, height, width, channels // WORD_BITS + 2), np.uint64)
    for output in range(outputs):
        for channel in range(channels):
            word, bit = channel // WORD_BITS, np.uint64(channel % WORD_BITS)
            for y in range(height):
                for x in range(width):
                    packed[output, y, x, word] |= np.uint64(weights[output, channel, y, x]) << bit
    return packed


@inlined
def ones_from(words, first, count):  # type: ignore[no-untyped-def]
    """Bits `first` to ``first + count - 1`` of packed words, from bit 0 on; at most 64."""
    word, shift = first // WORD_BITS, np.uint64(first % WORD_BITS)
    ones = words[word] >> shift
    if shift:
        ones |= words[word + 1] << (np.uint64(WORD_BITS) - shift)
    return ones & (~np.uint64(0) >> np.uint64(WORD_BITS - count))
