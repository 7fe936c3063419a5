"""An accelerator with memory and host as a compiled library: millions of cycles without Python."""

from __future__ import annotations

import ctypes
import importlib.metadata
import shutil
import subprocess
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grus.cache import cache_folder, find_or_make, fingerprint
from grus.hw.accelerator.crane_accelerator import CraneAccelerator
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.emit import to_verilog
from grus.sim.host import CHANNELS, Counts, Host
from grus.sim.simulators import (
    VERILATOR_ARGUMENTS,
    prepare_verilator,
    require_simulator,
    verilator_control,
)

__all__ = ["Accelerator", "build_accelerator"]

_TOP = "CraneAccelerator"
_ANSWER_CYCLES = 1000  # that a register may take to answer
_RUN_CYCLES = 1 << 20  # between two looks at whether Python wants to stop
_ARGUMENTS = (
    *("--cc", "--exe", "--build", *VERILATOR_ARGUMENTS),
    *("-CFLAGS", "-O2 -fPIC", "-LDFLAGS", "-shared", "--top-module", _TOP),
)
_LIBRARY = "accelerator.so"


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


class Accelerator(Host):
    """One accelerator with a memory that is compiled, too.

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
        super().__init__(slots)
        self._library = _load(library)
        self._size = memory_bytes
        self._machine = self._library.grus_new(memory_bytes, latency, seed)
        for channel, chance in (stalls or {}).items():
            self._library.grus_stall(self._machine, CHANNELS.index(channel), chance)
        self._let_clear()

    def __del__(self) -> None:
        if hasattr(self, "_machine"):
            self._library.grus_delete(self._machine)

    def close(self) -> None:
        """Nothing ends before the accelerator is forgotten."""

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

    def _write(self, offset: int, value: int) -> int:
        return self._library.grus_write_register(self._machine, offset, value, _ANSWER_CYCLES)

    def _read(self, offset: int) -> tuple[int, int]:
        value = ctypes.c_uint32()
        response = self._library.grus_read_register(
            self._machine, offset, ctypes.byref(value), _ANSWER_CYCLES
        )
        return response, value.value

    def _allow_writes(self, first: int, end: int) -> None:
        self._library.grus_allow_writes(self._machine, first, end)

    def _idle(self, cycles: int) -> None:
        self._library.grus_run(self._machine, cycles)

    def _run(self, timeout: int) -> int | None:
        began = self.counts.cycles
        self._library.grus_begin(self._machine)
        self.write("control", 1)  # taken in this very cycle
        while not self._library.grus_run(self._machine, _RUN_CYCLES):
            if self.counts.cycles - began > timeout:
                return None
        return self.counts.cycles - began


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
        "begin": (None, [machine]),
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
