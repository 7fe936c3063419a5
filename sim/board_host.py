"""A host in front of a board: the accelerator over a serial line, simulated or real."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from grus.hw.board.protocol import REQUEST_BYTES, STATUS, Command, request
from grus.hw.control.register_map import IDENTITY, VERSION, configuration
from grus.hw.core.counters import MACHINE_COUNTERS
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.host import Counts, Host

__all__ = ["BoardHost", "Line"]


class Line(Protocol):
    """A serial line, such as `Serial` of the package pyserial."""

    def write(self, content: bytes, /) -> object:
        """Send bytes."""

    def read(self, size: int, /) -> bytes:
        """Wait for so many bytes; fewer mean that time is over."""


class _BoardMemory:
    """Memory behind the line, which slices read and write like an array of bytes."""

    def __init__(self, host: BoardHost):
        self._host = host

    def __getitem__(self, place: slice) -> NDArray[np.uint8]:
        return np.frombuffer(
            self._host.read_memory(place.start, place.stop - place.start), np.uint8
        )

    def __setitem__(self, place: slice, content: NDArray[np.uint8]) -> None:
        self._host.write_memory(place.start, content.tobytes())


class BoardHost(Host):
    """One accelerator on a board, as the software in front of it sees it.

    Parameters
    ----------
    slots : SlotFormat
        Machine and bus.
    line : Line
        What leads to the board.

    Raises
    ------
    OSError
        From any method, if the board gives no answer, or a wrong one.
    ValueError
        If memory is not there, or a register refuses.
    """

    _look_cycles = 1  # a look at the interrupt takes far longer than most layers

    def __init__(self, slots: SlotFormat, line: Line):
        super().__init__(slots)
        self._slots, self._line = slots, line
        line.write(bytes(REQUEST_BYTES))  # a request that was cut off ends here

    def require(self, memory_bytes: int) -> None:
        """Refuse a board that holds another machine, or too little memory.

        Raises
        ------
        ValueError
            If it does.
        """
        config = self._slots.config
        wanted = {"identity": IDENTITY, "version": VERSION}
        for name, value in {**wanted, **configuration(config, self._slots.axi)}.items():
            found = self.read(name)
            if found != value:
                raise ValueError(
                    f"board must hold {config.name}, whose {name.removeprefix('config_')} is "
                    f"{value}, and holds a machine whose own is {found}"
                )
        try:
            self.read_memory(memory_bytes - 1, 1)
        except ValueError as error:
            raise ValueError(
                f"memory of the board must hold {memory_bytes:,} bytes for this network, and is "
                "smaller: grus board --memory-kb makes a larger one"
            ) from error

    def close(self) -> None:
        """Leave the line to whoever has opened it."""

    @property
    def memory(self) -> _BoardMemory:  # type: ignore[override]
        """The memory; each access goes over the line."""
        return _BoardMemory(self)

    @property
    def counts(self) -> Counts:
        """Nothing: memory on a board does not count."""
        return Counts(0, 0, 0, 0, 0)

    @property
    def violations(self) -> int:
        """Nothing: memory on a board does not watch."""
        return 0

    def fail_at(self, address: int) -> None:
        """Refuse: memory on a board does not fail."""
        raise ValueError(f"memory must be a model to fail at {address:#x}, not that of a board")

    def write_memory(self, address: int, content: bytes) -> None:
        """Write bytes."""
        self._line.write(request(Command.WRITE_MEMORY, address, len(content)) + content)
        self._check(address, len(content))

    def read_memory(self, address: int, size: int) -> bytes:
        """Read bytes."""
        self._line.write(request(Command.READ_MEMORY, address, size))
        status = self._status()
        content = self._take(size)
        self._refuse(status, address, size)
        return content

    def _check(self, address: int, size: int) -> None:
        self._refuse(self._status(), address, size)

    def _refuse(self, status: int, address: int, size: int) -> None:
        if status:
            end = address + size
            raise ValueError(
                f"memory must be large enough for addresses {address:#x} to {end:#x}, and is not"
            )

    def _status(self) -> int:
        (status,) = self._take(1)
        if status & ~3 != STATUS:
            raise OSError(f"board must answer with a status, not {status:#x}")
        return status & 3

    def _take(self, size: int) -> bytes:
        content = self._line.read(size)
        if len(content) < size:
            raise OSError(
                f"board must answer, and has sent {len(content)} of {size} bytes: look at the line "
                "and its speed, or press the board's first button, which resets it"
            )
        return content

    def _write(self, offset: int, value: int) -> int:
        self._line.write(request(Command.WRITE_REGISTER, offset, value))
        return self._status()

    def _read(self, offset: int) -> tuple[int, int]:
        self._line.write(request(Command.READ_REGISTER, offset))
        return self._status(), int.from_bytes(self._take(4), "little")

    def _allow_writes(self, first: int, end: int) -> None:
        """Memory takes them all."""

    def _idle(self, cycles: int) -> None:
        """Cycles pass by themselves."""

    def _start(self) -> None:
        self.write("control", 1)

    def _wait(self, cycles: int) -> int | None:
        """Look once whether the run has ended; its cycles are those that its core has counted."""
        if not self.read("interrupt"):
            return None
        self.write("counter_select", MACHINE_COUNTERS.index("cycles"))
        return self.read_wide("counter")
