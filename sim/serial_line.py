"""A serial port of this machine, with a board behind it."""

from __future__ import annotations

from grus.hw.dma.slot_format import SlotFormat
from grus.sim.board_host import BoardHost, Line
from grus.tools import MissingToolError

__all__ = ["BAUD", "SerialBoard", "open_line"]

BAUD = 1_000_000
_ANSWER_SECONDS = 5  # of a board, once all bytes have left


def open_line(port: str, baud: int = BAUD) -> Line:
    """Open a serial port.

    Parameters
    ----------
    port : str
        Its name, such as ``/dev/ttyUSB0``.
    baud : int
        Bits per second.

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
        return serial.serial_for_url(port, baudrate=baud, timeout=_ANSWER_SECONDS)
    except (serial.SerialException, ValueError) as error:
        raise ValueError(f"port must be a serial port, and {port} is none: {error}") from error


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
        self._port.close()  # type: ignore[attr-defined]
