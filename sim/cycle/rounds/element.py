"""What an element counts, and how long its fetcher's bubbles take to the joiner."""

from __future__ import annotations

__all__ = [
    "ACTIVE",
    "BROADCAST",
    "BUSY",
    "CONFLICT",
    "FETCH_CYCLES",
    "FIRST_COUNTER",
    "IMBALANCE",
    "MACS",
    "MEMORY",
    "OUTPUT",
    "RESIDENT_FETCH",
    "STATE",
]

# Fields of an element's state.
ACTIVE = 9  # last cycle that is no bubble
# Cycles counted; lost ones by their reason.
BUSY = 10
IMBALANCE = 11
CONFLICT = 12
BROADCAST = 13
RESIDENT_FETCH = 14
OUTPUT = 15
MEMORY = 16
MACS = 17
STATE = 18
FIRST_COUNTER = BUSY

# From a row's grant to the joiner, when nothing waits.
FETCH_CYCLES = 4
