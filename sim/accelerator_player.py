"""An accelerator under cocotb, on any simulator, for whoever would use the compiled one."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import socket
import tempfile
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grus.files import whole_file
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.accelerator import accelerator_verilog
from grus.sim.host import CHANNELS, Counts, Host
from grus.sim.simulators import Build, build, require_simulator, run

__all__ = ["MEMORIES", "PlayedAccelerator", "build_for_cocotb"]

MEMORIES = ("timed", "cocotbext")
_SETTINGS = "GRUS_ACCELERATOR"
_LOOK_SECONDS = 0.1  # between two looks whether the simulator has started, or failed to
_END_SECONDS = 10  # that a simulator may take to end
_ERROR = re.compile(r"(Error|Exception)\b")


def build_for_cocotb(slots: SlotFormat, *, simulator: str, waves: bool = False) -> Build:
    """Generate an accelerator and build it for a simulator, or find it built.

    Raises
    ------
    MissingToolError
        If the simulator is not installed.
    RuntimeError
        If it rejects the design.
    """
    require_simulator(simulator)  # before the work of generating
    verilog = accelerator_verilog(slots)
    return build(verilog, top="CraneAccelerator", simulator=simulator, waves=waves)


class PlayedAccelerator(Host):
    """One accelerator that cocotb plays, in a simulator's process of its own.

    The registers are accessed by cocotbext-axi's `AxiLiteMaster`. Bytes of the memory are shared
    with the simulator; the rest goes over a socket.

    Parameters
    ----------
    slots : SlotFormat
        Machine and bus.
    design : Build
        The same, built; see :func:`build_for_cocotb`.
    memory_bytes : int
        Size of the memory.
    latency : int
        Cycles from an address to its first word, or from the last word to the answer; at least 1.
    stalls : mapping of str to float, optional
        Chance that a channel pauses in a cycle, by the names of `CHANNELS`.
    seed : int
        Seed of the pauses.
    memory : str
        ``timed``: answers in the same cycles as the memory of the compiled accelerator;
        ``cocotbext``: cocotbext-axi's `AxiRam`.
    folder : Path, optional
        Where to leave the simulation's files; a temporary folder if left out.
    waves : Path, optional
        File for waveforms, ``.fst``, for which the design must be built, on Icarus; it is there,
        and whole, once :meth:`close` is called.

    Raises
    ------
    AssertionError
        From any method, if the simulation has failed: a model found a rule of AXI broken.
    ValueError
        If an option is out of its range.
    """

    _look_cycles = 1 << 9  # a second or so

    def __init__(
        self,
        slots: SlotFormat,
        design: Build,
        memory_bytes: int,
        *,
        latency: int = 20,
        stalls: Mapping[str, float] | None = None,
        seed: int = 1,
        memory: str = "timed",
        folder: Path | None = None,
        waves: Path | None = None,
    ):
        super().__init__(slots)
        _check(memory, latency, stalls or {})
        scratch = Path(tempfile.mkdtemp(prefix="grus-"))
        place = (folder or scratch).resolve()
        place.mkdir(parents=True, exist_ok=True)
        self._memory = np.memmap(scratch / "memory", np.uint8, "w+", shape=(memory_bytes,))
        settings = {
            "socket": str(scratch / "host"),
            "content": str(scratch / "memory"),
            "memory": memory,
            "latency": latency,
            "stalls": dict(stalls or {}),
            "seed": seed,
            "word_bytes": slots.axi.word_bytes,
            "address_bits": slots.axi.address_bits,
            "control": self._offsets["control"],
        }
        try:
            self._connection = _Connection(design, place, settings, waves is not None)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        recorded = place / f"{design.top}.fst"
        self._end = weakref.finalize(self, _end, self._connection, recorded, waves, scratch)
        self._let_clear()

    def close(self) -> None:
        """End the simulator's process; `memory` stays readable."""
        self._end()

    @property
    def memory(self) -> NDArray[np.uint8]:
        """The memory; writing it is free."""
        return self._memory

    @property
    def counts(self) -> Counts:
        """What memory has seen."""
        return Counts(*self._connection.ask("counts"))

    @property
    def violations(self) -> int:
        """Rules that the accelerator has broken, a bit each; 0 if none."""
        return self._connection.ask("violations")

    def fail_at(self, address: int) -> None:
        """Let memory answer with an error wherever this address is read or written."""
        self._connection.ask("fail_at", address)

    def _write(self, offset: int, value: int) -> int:
        return self._connection.ask("write", offset, value)

    def _read(self, offset: int) -> tuple[int, int]:
        response, value = self._connection.ask("read", offset)
        return response, value

    def _allow_writes(self, first: int, end: int) -> None:
        self._connection.ask("allow_writes", first, end)

    def _idle(self, cycles: int) -> None:
        self._connection.ask("idle", cycles)

    def _start(self) -> None:
        self._connection.ask("start")

    def _wait(self, cycles: int) -> int | None:
        return self._connection.ask("wait", cycles)


class _Connection:
    """A simulator's process, and the socket that leads to it."""

    def __init__(self, design: Build, folder: Path, settings: dict[str, Any], waves: bool):
        self._log = folder / "simulation.log"
        self._thread = threading.Thread(
            target=_simulate, args=(design, folder, settings, waves), daemon=True
        )
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(settings["socket"])
            server.listen(1)
            server.settimeout(_LOOK_SECONDS)
            self._thread.start()
            self._socket = self._accept(server)
        self._lines = self._socket.makefile("rw", encoding="utf-8")

    def _accept(self, server: socket.socket) -> socket.socket:
        while True:
            try:
                return server.accept()[0]
            except TimeoutError:
                if not self._thread.is_alive():
                    raise self._failure() from None

    def ask(self, command: str, *arguments: int) -> Any:
        """Let the bench do something, and return its answer."""
        try:
            self._lines.write(json.dumps([command, *arguments]) + "\n")
            self._lines.flush()
            answer = self._lines.readline()
        except OSError:  # it has gone before it was asked
            answer = ""
        if not answer:
            raise self._failure()
        return json.loads(answer)

    def end(self) -> None:
        """Let the simulator end, as it does when nobody is there any more."""
        with contextlib.suppress(OSError):
            self._lines.close()
        self._socket.close()
        self._thread.join(_END_SECONDS)

    def _failure(self) -> AssertionError:
        self._thread.join(_END_SECONDS)
        with contextlib.suppress(OSError):
            lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
            errors = [line.strip() for line in lines if _ERROR.search(line)]
            return AssertionError(f"the simulation has ended: {(errors or lines or ['?'])[-1]}")
        return AssertionError("the simulation has ended, and has left no log")


def _simulate(design: Build, folder: Path, settings: dict[str, Any], waves: bool) -> None:
    with contextlib.suppress(AssertionError, RuntimeError):  # the log says why; see _failure
        run(
            design,
            testbench="grus.sim.accelerator_bench",
            folder=folder,
            environment={_SETTINGS: json.dumps(settings)},
            seed=settings["seed"],
            quiet=True,
            waves=waves,
        )


def _end(connection: _Connection, recorded: Path, waves: Path | None, scratch: Path) -> None:
    connection.end()
    if waves is not None and recorded.exists():
        with whole_file(waves) as unfinished:
            shutil.move(recorded, unfinished)
    shutil.rmtree(scratch, ignore_errors=True)


def _check(memory: str, latency: int, stalls: Mapping[str, float]) -> None:
    if memory not in MEMORIES:
        raise ValueError(f"memory must be one of {', '.join(MEMORIES)}, not {memory}")
    if latency < 1:
        raise ValueError(f"latency must be at least 1, not {latency}")
    for channel, chance in stalls.items():
        if channel not in CHANNELS:
            raise ValueError(f"stalls must name some of {', '.join(CHANNELS)}, not {channel}")
        if not 0 <= chance <= 1:
            raise ValueError(f"stalls of {channel} must be in 0..1, not {chance}")
