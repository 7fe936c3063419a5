"""A serial port of this machine, with a board behind it."""

from __future__ import annotations

from typing import Any

from grus.hw.dma.slot_format import SlotFormat
from grus.sim.board_host import BoardHost
from grus.tools import MissingToolError

__all__ = ["BAUD", "SerialBoard", "open_line"]

BAUD = 1_000_000
_ANSWER_SECONDS = 5  # of a board, once all bytes have left
_QUIET_SECONDS = 0.1  # after which nothing more comes of what an earlier host has asked


def open_line(port: str, baud: int = BAUD) -> Any:
    """Open a serial port, and forget what still comes from a board that was left in the middle.

    Parameters
    ----------
    port : str
        Its name, such as ``/dev/ttyUSB0``.
    baud : int
        Bits per second.

    Returns
    -------
    serial.Serial
        What :class:`BoardHost` calls a line.

    Raises
    ------
    MissingToolError
        If pyserial is not installed.
    ValueError
        If the port cannot be opened.
    """
    try:
        import serial
    except ImportError as error:
        raise MissingToolError(
            "pyserial must be installed to reach a board, and is not: pip install grus[fpga]"
        ) from error
    try:
        line = serial.serial_for_url(port, baudrate=baud, timeout=_QUIET_SECONDS)
    except (serial.SerialException, ValueError) as error:
        raise ValueError(f"port must be a serial port, and {port} is none: {error}") from error
    while line.read(1):
        line.reset_input_buffer()
    line.timeout = _ANSWER_SECONDS
    return line


class SerialBoard(BoardHost):
    """A board behind a serial port, which it closes in the end.

    Parameters
    ----------
    slots : SlotFormat
        Machine and bus that the board must hold.
    memory_bytes : int
        Memory that it must have.
    port : str
        Name of the port.
    baud : int
        Bits per second.

    Raises
    ------
    MissingToolError, ValueError
        As :func:`open_line`, and as :meth:`BoardHost.require`.
    OSError
        If nothing answers.
    """

    def __init__(self, slots: SlotFormat, memory_bytes: int, port: str, baud: int = BAUD):
        self._port = open_line(port, baud)
        try:
            super().__init__(slots, self._port)
            self.require(memory_bytes)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the port."""
        self._port.close()
