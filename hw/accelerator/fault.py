"""Why a run stops."""

from amaranth.lib import enum

__all__ = ["Fault"]


class Fault(enum.IntEnum, shape=8):
    """What the register `error_cause` says; of several at once the lowest."""

    NONE = 0
    READ_SLVERR = 1
    READ_DECERR = 2
    WRITE_OUTSIDE = 3
    WRITE_SLVERR = 4
    WRITE_DECERR = 5
    BAD_DESCRIPTOR = 6
    RESIDENT_MALFORMED = 7
    BROADCAST_MALFORMED = 8
    RESIDENT_OVERFLOW = 9
    RESULT_MALFORMED = 10
