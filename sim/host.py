"""What a host does with an accelerator, whatever plays it: registers, runs, memory's contents."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import IntFlag
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.hw.accelerator.fault import Fault
from grus.hw.control.register_map import register_map
from grus.hw.dma.slot_format import SlotFormat

__all__ = ["CHANNELS", "LONGEST_RUN", "Counts", "Host", "StoppedError", "Violation"]

CHANNELS = ("ar", "r", "aw", "w", "b")
LONGEST_RUN = 1 << 34  # cycles
_LOOKS = 1000  # at the status, until memory has answered all that a stopped run has asked


class Counts(NamedTuple):
    """What memory has seen since reset.

    Attributes
    ----------
    cycles : int
        Clock cycles.
    read_bytes, written_bytes : int
        Bytes over the data channels.
    read_bursts, write_bursts : int
        Bursts.
    """

    cycles: int
    read_bytes: int
    written_bytes: int
    read_bursts: int
    write_bursts: int


class Violation(IntFlag):
    """Rules of AXI, and of ours, that an accelerator may break; memory watches them."""

    READ_OUTSIDE = 1
    WRITE_OUTSIDE = 2
    BURST_LEAVES_PAGE = 4
    WLAST_WRONG = 8


class StoppedError(Exception):
    """A run stopped for a fault.

    Attributes
    ----------
    fault : Fault
        Why.
    descriptor : int
        Number of the descriptor at hand.
    address : int
        What the fault is about, if memory had a part in it.
    """

    def __init__(self, fault: Fault, descriptor: int, address: int):
        super().__init__(f"stopped at descriptor {descriptor}: {fault.name}, address {address:#x}")
        self.fault, self.descriptor, self.address = fault, descriptor, address


class Host(ABC):
    """One accelerator with its memory, as the software in front of it sees both.

    Parameters
    ----------
    slots : SlotFormat
        Machine and bus.
    """

    _look_cycles = 1 << 14  # between two looks at the clock and at whether Python wants to stop

    def __init__(self, slots: SlotFormat):
        registers = register_map(slots.config, slots.axi)
        self._offsets = {register.name: register.offset for register in registers}
        self._clearing_cycles = 2 * slots.config.output_words

    def __enter__(self) -> Host:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """End what plays the accelerator, and finish its waveforms; `memory` stays readable."""

    @property
    @abstractmethod
    def memory(self) -> NDArray[np.uint8]:
        """The memory; writing it is free."""

    @property
    @abstractmethod
    def counts(self) -> Counts:
        """What memory has seen."""

    @property
    @abstractmethod
    def violations(self) -> int:
        """Rules that the accelerator has broken, a bit each; 0 if none."""

    @abstractmethod
    def fail_at(self, address: int) -> None:
        """Let memory answer with an error wherever this address is read or written."""

    @abstractmethod
    def _write(self, offset: int, value: int) -> int:
        """Write a register; returns the response, or -1 if none comes."""

    @abstractmethod
    def _read(self, offset: int) -> tuple[int, int]:
        """Read a register; returns the response, or -1 if none comes, and the value."""

    @abstractmethod
    def _allow_writes(self, first: int, end: int) -> None:
        """Tell memory where results may go."""

    @abstractmethod
    def _idle(self, cycles: int) -> None:
        """Let cycles pass."""

    @abstractmethod
    def _start(self) -> None:
        """Start a run; its cycles count from the one in which this is taken."""

    @abstractmethod
    def _wait(self, cycles: int) -> int | None:
        """Wait some cycles for the interrupt; if it comes, return the cycles of the run."""

    def _let_clear(self) -> None:
        """Let a machine that was reset clear both halves of its output RAM.

        A run that starts earlier counts the rest of it, so that it depends on the host's speed.
        """
        self._idle(self._clearing_cycles)

    def write(self, register: str, value: int) -> None:
        """Write a register.

        Raises
        ------
        ValueError
            If it refuses.
        """
        response = self._write(self._offsets[register], value)
        if response:
            raise ValueError(f"register {register} must take {value:#x}, and answers {response}")

    def write_wide(self, register: str, value: int) -> None:
        """Write the two halves of a register of 64 bits."""
        self.write(f"{register}_low", value & 0xFFFFFFFF)
        self.write(f"{register}_high", value >> 32)

    def read(self, register: str) -> int:
        """Read a register."""
        response, value = self._read(self._offsets[register])
        if response:
            raise ValueError(f"register {register} must be readable, and answers {response}")
        return value

    def read_wide(self, register: str) -> int:
        """Read the two halves of a register of 64 bits."""
        return self.read(f"{register}_low") | self.read(f"{register}_high") << 32

    def counters(self) -> list[int]:
        """All performance counters by address."""
        values = []
        for index in range(self.read("counters")):
            self.write("counter_select", index)
            values.append(self.read_wide("counter"))
        return values

    def allow_writes(self, first: int, end: int) -> None:
        """Tell accelerator and memory where results may go."""
        self._allow_writes(first, end)
        self.write_wide("output_first", first)
        self.write_wide("output_end", end)

    def run(
        self,
        address: int,
        count: int,
        *,
        timeout: int = LONGEST_RUN,
        watch: Callable[[int], None] | None = None,
    ) -> int:
        """Work through descriptors.

        Parameters
        ----------
        address, count : int
            Address of the first descriptor, and how many there are.
        timeout : int
            Cycles after which the run counts as stuck.
        watch : callable, optional
            Is told the cycles so far, now and then.

        Returns
        -------
        int
            Cycles from the one in which `start` is taken to the first with an interrupt.

        Raises
        ------
        StoppedError
            If the run stops for a fault.
        TimeoutError
            If it does not end within `timeout` cycles.
        """
        self.write_wide("descriptors", address)
        self.write("descriptor_count", count)
        self.write("interrupt_enable", 3)
        self.write("interrupt", 3)
        cycles = self._run(timeout, watch)
        events = self.read("interrupt")
        self.write("interrupt", 3)
        if events & 2:
            raise self._stopped()
        return cycles

    def _run(self, timeout: int, watch: Callable[[int], None] | None) -> int:
        self._start()
        waited = 0
        while waited < timeout:
            step = min(self._look_cycles, timeout - waited)
            cycles = self._wait(step)
            if cycles is not None:
                return cycles
            waited += step
            if watch is not None:
                watch(waited)
        raise TimeoutError(f"a run must end within {timeout} cycles")

    def _stopped(self) -> StoppedError:
        """Why a run stopped; the accelerator takes a new one once memory has answered."""
        for _ in range(_LOOKS):
            if not self.read("status") & 1:
                break
        self._let_clear()
        fault, descriptor = Fault(self.read("error_cause")), self.read("error_descriptor")
        return StoppedError(fault, descriptor, self.read_wide("error_address"))
