"""Zero patterns as words of 64 bits."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from grus.compiled import borrowing

__all__ = ["WORD_BITS", "count_ones", "lowest_one", "pack_channels"]

WORD_BITS = 64


@intrinsic
def count_ones(typing_context, word):
    """Ones of an unsigned 64-bit word, in one instruction."""

    def generate(context, builder, signature, arguments):
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def lowest_one(typing_context, word):
    """Place of the lowest one of an unsigned 64-bit word, which must not be zero."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

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
