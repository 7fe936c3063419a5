"""What a host and a board say to each other over a serial line.

A request is a command, an address and a number, nine bytes; numbers are little-endian. The board
answers each with a status, so that a host always knows where it is. A zero byte between requests
means nothing: as many as a request may have bring a board back that has lost its place.

=================  =======  =====================  ===================  ====================
command            address  number                 then                 answer
=================  =======  =====================  ===================  ====================
write memory       of byte  bytes                  the bytes            status
read memory        of byte  bytes                                       status, the bytes
write register     offset   value                                       status
read register      offset   0                                           status, four bytes
=================  =======  =====================  ===================  ====================

A status is 0x40 and the response of AXI: 0 is right, 2 a register that refuses, 3 an address where
no memory is. Memory that is not there is not written, and reads as zeros; the bytes go both ways
all the same. Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from enum import IntEnum

__all__ = ["REQUEST_BYTES", "STATUS", "Command", "request"]

REQUEST_BYTES = 9
STATUS = 0x40


class Command(IntEnum):
    """First byte of a request."""

    WRITE_MEMORY = 1
    READ_MEMORY = 2
    WRITE_REGISTER = 3
    READ_REGISTER = 4


def request(command: Command, address: int, number: int = 0) -> bytes:
    """Bytes of a request."""
    return bytes([command]) + address.to_bytes(4, "little") + number.to_bytes(4, "little")
