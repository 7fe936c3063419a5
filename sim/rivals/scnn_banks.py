"""Cycles that SCNN loses when products meet at a bank of the accumulators."""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from grus.sim.rivals.scnn_streams import Stream

__all__ = ["BANKS", "BANK_MODELS", "bank_table", "conflict_cycles"]

BANKS = 32
BANK_MODELS = ("none", "queues", "pessimistic")
_PERIOD = 32  # the hashes see no more than the five lowest bits of a coordinate
_DEPTH = 8


def bank_table(model: str) -> NDArray[np.uint8]:
    """Bank of a product by its output channel, row and column, each modulo 32.

    Parameters
    ----------
    model : str
        ``queues`` or ``pessimistic``.

    Returns
    -------
    ndarray of uint8, shape (32, 32, 32)
        Banks, 0 to 31.

    Notes
    -----
    Source: ``queues`` has the hash of james98kr/SCNN_simulation [S9], ``pessimistic`` that of
    isakedo/DNNsim [S7] (baselines, section 2.2).
    """
    output, row, column = np.indices((_PERIOD,) * 3)
    if model == "queues":
        banks = output * 373**2 + row * 373 + column
    else:
        high = ((output & 4) << 2) ^ ((column & 2) << 3) ^ ((row & 2) << 3)
        banks = high + ((column & 1) << 3) + ((row & 1) << 2) + (output & 3)
    return (banks % BANKS).astype(np.uint8)


def conflict_cycles(
    activations: Stream,
    weights: Stream,
    groups: int,
    map_shape: tuple[int, int],
    vector: tuple[int, int],
    model: str,
) -> NDArray[np.int64]:
    """Cycles that each PE loses to bank conflicts in each block of output channels.

    Parameters
    ----------
    activations, weights : Stream
        What is multiplied; blocks and PEs of one group of the channels follow each other.
    groups : int
        Groups of the channels.
    map_shape : tuple of int
        Rows and columns of the result; products outside of it reach no bank.
    vector : tuple of int
        Activations and weights that are multiplied in one cycle, each with each.
    model : str
        One of `BANK_MODELS`.

    Returns
    -------
    ndarray of int64, shape (blocks, PEs, channels of a group)
        Lost cycles.

    Notes
    -----
    Source: baselines, section 2.2. ``pessimistic``: nothing waits, a vector of products takes as
    many cycles as the fullest bank has of them [S7]. ``queues``: each bank has a queue of 8 in
    front and takes one product a cycle [S9]; a vector of products leaves once all of them are in a
    queue, and a block starts with empty queues [R].
    """
    lost = np.zeros(
        (len(weights.starts), len(activations.starts) // groups, weights.starts.shape[1]), np.int64
    )
    if model != "none":
        depth = _DEPTH if model == "queues" else 1  # a product may be at the bank itself
        table = np.ascontiguousarray(bank_table(model)).ravel()
        _play(lost, activations, weights, (groups, *map_shape, *vector), table, depth)
    return lost


@njit(cache=True, parallel=True)
def _play(
    lost: NDArray[np.int64],
    activations: Stream,
    weights: Stream,
    sizes: tuple[int, int, int, int, int],
    table: NDArray[np.uint8],
    depth: int,
) -> None:
    """Play every vector of products against queues of a depth; without any, it is 1."""
    groups, _, _, _, _ = sizes
    blocks, pes, channels = lost.shape
    for number in prange(blocks * pes):
        block, pe = number // pes, number % pes
        part = block // (blocks // groups) * pes + pe
        free = np.zeros(BANKS, np.int64)
        now = 0
        for channel in range(channels):
            found = 0
            for phase in range(weights.starts.shape[2]):
                bounds = (
                    activations.starts[part, channel, phase, 0],
                    activations.starts[part, channel, phase, 1],
                    weights.starts[block, channel, phase, 0],
                    weights.starts[block, channel, phase, 1],
                )
                spent, extra = _play_lists(
                    free, now, activations, weights, bounds, sizes, table, depth
                )
                now += spent
                found += extra
            lost[block, pe, channel] = found


@njit(cache=True)
def _play_lists(
    free: NDArray[np.int64],
    start: int,
    activations: Stream,
    weights: Stream,
    bounds: tuple[int, int, int, int],
    sizes: tuple[int, int, int, int, int],
    table: NDArray[np.uint8],
    depth: int,
) -> tuple[int, int]:
    """Cycles spent and lost while each activation of a list meets each weight of another.

    A queue is known by the cycle in which it will be empty: ``free``.
    """
    first, end, first_weight, end_weight = bounds
    _, rows, columns, activations_wide, weights_wide = sizes
    lost, now = 0, start
    for left in range(first, end, activations_wide):
        right = min(left + activations_wide, end)
        for top in range(first_weight, end_weight, weights_wide):
            latest = now
            for weight in range(top, min(top + weights_wide, end_weight)):
                output = (weights.outputs[weight] & 31) << 10
                weight_row, weight_column = weights.rows[weight], weights.columns[weight]
                for activation in range(left, right):
                    row = activations.rows[activation] - weight_row
                    column = activations.columns[activation] - weight_column
                    if 0 <= row < rows and 0 <= column < columns:
                        bank = table[output | (row & 31) << 5 | (column & 31)]
                        free[bank] = max(free[bank], now) + 1
                        latest = max(latest, free[bank])
            extra = max(latest - now - depth, 0)
            lost += extra
            now += 1 + extra
    return now - start, lost
