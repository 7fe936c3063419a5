"""In which cycles a channel pauses: from seed and cycle, hence the same in every simulator."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pauses"]

_BLOCK = 4096  # cycles worked out at once
_STEP = np.uint64(0x9E3779B97F4A7C15)


class Pauses:
    """The pauses of one channel.

    Parameters
    ----------
    chance : float
        Chance of a pause in a cycle, 0 to 1.
    seed : int
        Seed of all channels.
    channel : int
        Number of this one, in the order of `grus.sim.host.CHANNELS`.

    Notes
    -----
    Source: docs/memory.md, "When memory answers"; the random numbers are those of SplitMix64
    (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
    """

    def __init__(self, chance: float, seed: int, channel: int):
        if not 0 <= chance <= 1:
            raise ValueError(f"chance must be in 0..1, not {chance}")
        limit = min(int(chance * 2.0**64), (1 << 64) - 1)
        self._limit = np.uint64(limit)
        self._stream = _mix(np.array([seed * 8 + channel], dtype=np.uint64))
        self._number = -1
        self._block: list[bool] = []

    def at(self, cycle: int) -> bool:
        """Whether the channel pauses in a cycle."""
        if not self._limit:
            return False
        number, place = divmod(cycle, _BLOCK)
        if number != self._number:
            cycles = np.arange(number * _BLOCK, (number + 1) * _BLOCK, dtype=np.uint64)
            self._block = (_mix(self._stream + cycles * _STEP) < self._limit).tolist()
            self._number = number
        return self._block[place]


def _mix(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Any number becomes a random one."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        number = (number ^ (number >> np.uint64(shift))) * np.uint64(factor)
    return number ^ (number >> np.uint64(31))
