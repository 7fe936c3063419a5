"""An accelerator with memory and host as a compiled library: millions of cycles without Python."""

from __future__ import annotations

import ctypes
import importlib.metadata
import shutil
import subprocess
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.cache import cache_folder, find_or_make, fingerprint
from grus.hw.accelerator.crane_accelerator import CraneAccelerator
from grus.hw.accelerator.fault import Fault
from grus.hw.control.register_map import register_map
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.emit import to_verilog
from grus.sim.simulators import (
    VERILATOR_ARGUMENTS,
    prepare_verilator,
    require_simulator,
    verilator_control,
)

__all__ = ["CHANNELS", "Accelerator", "Counts", "StoppedError", "build_accelerator"]

CHANNELS = ("ar", "r", "aw", "w", "b")
_TOP = "CraneAccelerator"
_ANSWER_CYCLES = 1000  # that a register may take to answer
_RUN_CYCLES = 1 << 20  # between two looks at whether Python wants to stop
_ARGUMENTS = (
    *("--cc", "--exe", "--build", *VERILATOR_ARGUMENTS),
    *("-CFLAGS", "-O2 -fPIC", "-LDFLAGS", "-shared", "--top-module", _TOP),
)
_LIBRARY = "accelerator.so"


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


def build_accelerator(slots: SlotFormat) -> Path:
    """Generate an accelerator and build it with Verilator, or find it built.

    Raises
    ------
    MissingToolError
        If Verilator or its compiler is not installed.
    RuntimeError
        If Verilator rejects the design.
    """
    require_simulator("verilator")
    verilog = to_verilog(CraneAccelerator(slots))
    with as_file(files("grus.sim") / "harness") as harness:
        source = (harness / "accelerator.cpp").read_text(encoding="utf-8")
    sources = {
        "control.vlt": verilator_control(),
        "design.v": verilog,
        "accelerator.cpp": source,
    }
    version = importlib.metadata.version("verilator")
    folder = cache_folder() / f"library-{fingerprint(*sources.values(), *_ARGUMENTS, version)}"
    return find_or_make(folder, partial(_build, sources)) / _LIBRARY


def _build(sources: dict[str, str], folder: Path) -> None:
    objects = folder / "objects"
    objects.mkdir()
    for name, text in sources.items():
        (objects / name).write_text(text, encoding="utf-8")
    prepare_verilator()
    command = ["verilator", *_ARGUMENTS, "--Mdir", str(objects), "-o", _LIBRARY, *sources]
    result = subprocess.run(command, cwd=objects, capture_output=True, text=True, check=False)
    if result.returncode:
        reason = (result.stderr.strip() or result.stdout.strip()).splitlines()[-1]
        raise RuntimeError(f"verilator must accept the design, and stops with: {reason}")
    (objects / _LIBRARY).replace(folder / _LIBRARY)
    shutil.rmtree(objects)  # only the library is wanted


class Accelerator:
    """One accelerator, its memory and its host.

    Parameters
    ----------
    slots : SlotFormat
        Machine and bus.
    library : Path
        The same, built.
    memory_bytes : int
        Size of the memory.
    latency : int
        Cycles from an address to its first word, or from the last word to the answer.
    stalls : dict of str to float
        Chance that a channel pauses in a cycle, by the names of `CHANNELS`.
    seed : int
        Seed of the pauses.
    """

    def __init__(
        self,
        slots: SlotFormat,
        library: Path,
        memory_bytes: int,
        *,
        latency: int = 20,
        stalls: dict[str, float] | None = None,
        seed: int = 1,
    ):
        self._library = _load(library)
        self._size = memory_bytes
        self._machine = self._library.grus_new(memory_bytes, latency, seed)
        registers = register_map(slots.config, slots.axi)
        self._offsets = {register.name: register.offset for register in registers}
        for channel, chance in (stalls or {}).items():
            self._library.grus_stall(self._machine, CHANNELS.index(channel), chance)

    def __del__(self) -> None:
        if hasattr(self, "_machine"):
            self._library.grus_delete(self._machine)

    @property
    def memory(self) -> NDArray[np.uint8]:
        """The memory; writing it is free."""
        address = self._library.grus_memory(self._machine)
        return np.ctypeslib.as_array(address, shape=(self._size,))

    @property
    def counts(self) -> Counts:
        """What memory has seen."""
        counts = (ctypes.c_uint64 * 5)()
        self._library.grus_counts(self._machine, counts)
        return Counts(*counts)

    @property
    def violations(self) -> int:
        """Rules that the accelerator has broken, a bit each; 0 if none."""
        return self._library.grus_violations(self._machine)

    def fail_at(self, address: int) -> None:
        """Let memory answer with an error wherever this address is read or written."""
        self._library.grus_fail_at(self._machine, address)

    def write(self, register: str, value: int) -> None:
        """Write a register.

        Raises
        ------
        ValueError
            If it refuses.
        """
        response = self._library.grus_write_register(
            self._machine, self._offsets[register], value, _ANSWER_CYCLES
        )
        if response:
            raise ValueError(f"register {register} must take {value:#x}, and answers {response}")

    def write_wide(self, register: str, value: int) -> None:
        """Write the two halves of a register of 64 bits."""
        self.write(f"{register}_low", value & 0xFFFFFFFF)
        self.write(f"{register}_high", value >> 32)

    def read(self, register: str) -> int:
        """Read a register."""
        value = ctypes.c_uint32()
        response = self._library.grus_read_register(
            self._machine, self._offsets[register], ctypes.byref(value), _ANSWER_CYCLES
        )
        if response:
            raise ValueError(f"register {register} must be readable, and answers {response}")
        return value.value

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
        self._library.grus_allow_writes(self._machine, first, end)
        self.write_wide("output_first", first)
        self.write_wide("output_end", end)

    def run(self, address: int, count: int, *, timeout: int = 1 << 34) -> int:
        """Work through descriptors; return the cycles that it took.

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
        began = self.counts.cycles
        self.write("control", 1)
        while not self._library.grus_run(self._machine, _RUN_CYCLES):
            if self.counts.cycles - began > timeout:
                raise TimeoutError(f"a run must end within {timeout} cycles")
        cycles = self.counts.cycles - began
        events = self.read("interrupt")
        self.write("interrupt", 3)
        if events & 2:
            raise self._stopped()
        return cycles

    def _stopped(self) -> StoppedError:
        """Why a run stopped; the accelerator takes a new one once memory has answered."""
        for _ in range(_ANSWER_CYCLES):
            if not self.read("status") & 1:
                break
        fault, descriptor = Fault(self.read("error_cause")), self.read("error_descriptor")
        return StoppedError(fault, descriptor, self.read_wide("error_address"))


def _load(path: Path) -> ctypes.CDLL:
    library = ctypes.CDLL(str(path))
    machine, u64, u32 = ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint32
    signatures = {
        "new": (machine, [u64, u64, u64]),
        "delete": (None, [machine]),
        "memory": (ctypes.POINTER(ctypes.c_uint8), [machine]),
        "allow_writes": (None, [machine, u64, u64]),
        "fail_at": (None, [machine, u64]),
        "stall": (None, [machine, ctypes.c_int, ctypes.c_double]),
        "write_register": (ctypes.c_int, [machine, u32, u32, u64]),
        "read_register": (ctypes.c_int, [machine, u32, ctypes.POINTER(u32), u64]),
        "run": (ctypes.c_int, [machine, u64]),
        "counts": (None, [machine, ctypes.POINTER(u64)]),
        "violations": (ctypes.c_uint, [machine]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, f"grus_{name}")
        function.restype, function.argtypes = result, arguments
    return library
