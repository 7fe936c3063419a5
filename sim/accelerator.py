"""An accelerator with memory and host as a compiled library: millions of cycles without Python."""

from __future__ import annotations

import ctypes
import importlib.metadata
import os
import shutil
import subprocess
from contextlib import ExitStack
from functools import cache, partial
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from grus.cache import cache_folder, find_or_make, fingerprint
from grus.files import whole_file
from grus.hw.accelerator.crane_accelerator import CraneAccelerator
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.emit import to_verilog
from grus.sim.host import CHANNELS, Counts, Host
from grus.sim.library import load_library
from grus.sim.simulators import (
    VERILATOR_ARGUMENTS,
    prepare_verilator,
    require_simulator,
    verilator_control,
)
from grus.sim.waves import waves_arguments

__all__ = ["Accelerator", "accelerator_verilog", "build_accelerator"]

_TOP = "CraneAccelerator"
_ANSWER_CYCLES = 1000  # that a register may take to answer
_ARGUMENTS = (
    *("--cc", "--exe", "--build", *VERILATOR_ARGUMENTS),
    *("-CFLAGS", "-O2 -fPIC", "-LDFLAGS", "-shared", "--top-module", _TOP),
)
_LIBRARY = "accelerator.so"


@cache
def accelerator_verilog(slots: SlotFormat) -> str:
    """Takes seconds, and is needed to find a build: notebooks run one design many times."""
    return to_verilog(CraneAccelerator(slots))


def build_accelerator(slots: SlotFormat, *, waves: Path | None = None) -> Path:
    """Generate an accelerator and build it with Verilator, or find it built.

    Parameters
    ----------
    slots : SlotFormat
        Machine and bus.
    waves : Path, optional
        File that waveforms will go to; only its suffix matters, and gets a build of its own.

    Raises
    ------
    MissingToolError
        If Verilator, its compiler, or what the waveforms need is not installed.
    ValueError
        If waveforms must go to a file of another kind.
    RuntimeError
        If Verilator rejects the design.
    """
    require_simulator("verilator")
    arguments = [*_ARGUMENTS, *waves_arguments(waves)]
    with as_file(files("grus.sim") / "harness") as harness:
        source = (harness / "accelerator.cpp").read_text(encoding="utf-8")
    sources = {
        "control.vlt": verilator_control(),
        "design.v": accelerator_verilog(slots),
        "accelerator.cpp": source,
    }
    version = importlib.metadata.version("verilator")
    folder = cache_folder() / f"library-{fingerprint(*sources.values(), *arguments, version)}"
    return find_or_make(folder, partial(_build, sources, arguments)) / _LIBRARY


def _build(sources: dict[str, str], arguments: list[str], folder: Path) -> None:
    objects = folder / "objects"
    objects.mkdir()
    for name, text in sources.items():
        (objects / name).write_text(text, encoding="utf-8")
    prepare_verilator()
    command = ["verilator", *arguments, "--Mdir", str(objects), "-o", _LIBRARY, *sources]
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
    waves : Path, optional
        File for waveforms, for which the library must be built; it is there, and whole, once
        :meth:`close` is called.
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
        waves: Path | None = None,
    ):
        super().__init__(slots)
        self._library = load_library(library)
        self._size = memory_bytes
        self._began = 0  # cycle in which the run at hand has started
        self._waves = ExitStack()
        file = None
        if waves is not None:
            file = os.fsencode(self._waves.enter_context(whole_file(waves)))
        self._machine = self._library.grus_new(memory_bytes, latency, seed, file)
        for channel, chance in (stalls or {}).items():
            self._library.grus_stall(self._machine, CHANNELS.index(channel), chance)
        self._let_clear()

    def __del__(self) -> None:
        if hasattr(self, "_machine"):
            self.close()
            self._library.grus_delete(self._machine)

    def close(self) -> None:
        """Finish the waveforms; the memory stays until the accelerator is forgotten."""
        self._library.grus_finish(self._machine)
        self._waves.close()

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

    def _start(self) -> None:
        self._began = self.counts.cycles
        self._library.grus_begin(self._machine)
        self.write("control", 1)  # taken in this very cycle

    def _wait(self, cycles: int) -> int | None:
        if self._library.grus_run(self._machine, cycles):
            return self.counts.cycles - self._began
        return None
