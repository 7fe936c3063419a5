"""What the core walks over: a layer's tiles and rounds, and what each is made of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Layer"]


class Layer(NamedTuple):
    """A layer, cut into tiles, as the machine walks over it.

    Attributes
    ----------
    blocks : ndarray of int64, shape (blocks, 4)
        Output channels, first load, slices, lane groups.
    loads : ndarray of int64, shape (loads, 3)
        Slice, its first word of the inputs, beats of the kernels.
    patch_words : ndarray of int64, shape (loads, columns + 1)
        Words of the patch of a strip, by its columns.
    regions : ndarray of int64, shape (regions, 5)
        First word of the inputs under it, rows, strips, columns of the last strip, and
        strips' width.
    region_cycles : ndarray of int64, shape (regions, slices)
        Cycles of the broadcast loader.
    row_pitch : int
        Words between the inputs under neighbouring rows of outputs.
    chunk_rounds : int
        Rounds that fill a half of the output RAM, if there is one slice.
    cleared : int
        Cycle from which on the output RAM is cleared.
    steal : bool
        Whether idle elements steal.
    shapes, vectors, first_vector : ndarray
        As in :func:`drain_until`.
    """

    blocks: NDArray[np.int64]
    loads: NDArray[np.int64]
    patch_words: NDArray[np.int64]
    regions: NDArray[np.int64]
    region_cycles: NDArray[np.int64]
    row_pitch: int
    chunk_rounds: int
    cleared: int
    steal: bool
    shapes: NDArray[np.int64]
    vectors: NDArray[np.uint64]
    first_vector: NDArray[np.int64]
