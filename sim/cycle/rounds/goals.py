"""What the array is played until; with each goes a number: a cycle, or a half."""

from __future__ import annotations

__all__ = ["UNTIL_CYCLE", "UNTIL_FINISHED", "UNTIL_GATHERED", "UNTIL_TAKEN"]

UNTIL_CYCLE = 0  # the cycle is over
UNTIL_FINISHED = 1  # all work-items of the round are finished
UNTIL_GATHERED = 2  # no work-item needs that half of the broadcast buffers
UNTIL_TAKEN = 3  # no result for that half of the output RAM is under way
