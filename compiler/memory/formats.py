"""Operands as they lie in memory; the formats are those of ``docs/memory.md``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grus.compiler.memory.slots import SlotWidths, pack_slots, pairs_of
from grus.golden.segments import Segments

__all__ = ["pack_biases", "pack_dense_segments", "pack_segments"]


def pack_segments(segments: Segments, widths: SlotWidths) -> bytes:
    """Work-items of a resident operand in the encoded format: before each its counter.

    Parameters
    ----------
    segments : Segments
        Encoded work-items.
    widths : SlotWidths
        Widths of what lies in memory.

    Returns
    -------
    bytes
        Whole words.

    Raises
    ------
    ValueError
        If a counter does not fit a slot.

    Examples
    --------
    >>> import numpy as np
    >>> segments = Segments(np.array([1, 0]), np.array([-1]), np.array([2]))
    >>> pack_segments(segments, SlotWidths(8, 4, 8)).hex()
    '01f02f0000000000'
    """
    counters = segments.counters
    if len(counters) and int(counters.max()) >> widths.pair_bits:
        raise ValueError(
            f"counters must be below {1 << widths.pair_bits}, which a slot of memory holds, "
            f"not {counters.max()}"
        )
    places = np.cumsum(counters + 1) - (counters + 1)  # of the counters
    slots = np.zeros(len(segments.values) + len(counters), dtype=np.int64)
    is_pair = np.ones(len(slots), dtype=bool)
    is_pair[places] = False
    slots[places] = counters
    slots[is_pair] = pairs_of(segments, widths)
    return pack_slots(slots, widths.pair_bits, widths.word_bytes)


def pack_dense_segments(values: NDArray[np.integer], widths: SlotWidths) -> bytes:
    """Work-items of a resident operand in the dense format.

    Parameters
    ----------
    values : ndarray of int, shape (segments, length)
        All values of each work-item.
    widths : SlotWidths
        Widths of what lies in memory.

    Returns
    -------
    bytes
        Whole words.
    """
    slots = np.asarray(values, dtype=np.int64).reshape(-1)
    return pack_slots(slots, widths.data_bits, widths.word_bytes)


def pack_biases(biases: NDArray[np.integer], widths: SlotWidths) -> bytes:
    """Biases, one per 8 bytes.

    Parameters
    ----------
    biases : ndarray of int, shape (outputs,)
        In the order in which the output unit takes them.
    widths : SlotWidths
        Widths of what lies in memory.

    Returns
    -------
    bytes
        Whole words.
    """
    content = np.asarray(biases, dtype="<i8").tobytes()
    return content.ljust(widths.round_up(len(content)), b"\0")
