"""Plays a layer through the RTL of a core and compares it with the golden model."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.program import Program
from grus.hw.config import CraneConfig
from grus.hw.core.counters import counter_names
from grus.hw.emit import to_verilog
from grus.hw.tops import core_of
from grus.sim.account import contradictions
from grus.sim.core_job import CoreAnswer, CoreJob, job_of, load, result_of, save
from grus.sim.simulators import Build, build, run

__all__ = ["Played", "build_core", "faults", "play", "play_all", "play_jobs"]


class Played(NamedTuple):
    """How a layer went.

    Attributes
    ----------
    result : ndarray of int64, shape (outputs, rows, columns)
        What the core computed [output LSB].
    exact : bool
        Whether it equals the golden model bit for bit.
    counters : dict of str to int
        All performance counters by name.
    errors : int
        Error flags of the core.
    cycles : int
        Clock cycles from reset to the last result.
    """

    result: NDArray[np.int64]
    exact: bool
    counters: dict[str, int]
    errors: int
    cycles: int


def build_core(
    config: CraneConfig, *, simulator: str, waves: bool = False, toggles: bool = False
) -> Build:
    """Generate a core and build it for a simulator, or find it built; see :func:`build`.

    Raises
    ------
    MissingToolError
        If the simulator is not installed.
    """
    core = core_of(config)
    top = type(core).__name__
    return build(to_verilog(core), top=top, simulator=simulator, waves=waves, toggles=toggles)


def play(
    program: Program,
    config: CraneConfig,
    design: Build,
    *,
    folder: Path | None = None,
    seed: int = 1,
    **options: Any,
) -> Played:
    """Play a program through a core.

    Parameters
    ----------
    program : Program
        A layer, cut into tiles.
    config : CraneConfig
        The design.
    design : Build
        The same design, built.
    folder : Path, optional
        Where to leave the simulation's files; a temporary folder if left out.
    seed : int
        Seed of gaps and stalls.
    **options
        Further fields of :class:`CoreJob`: `gap`, `stall`, `timeout`; and `waves`, whether to
        record what the design was built for.

    Returns
    -------
    Played
        Result and counters.

    Raises
    ------
    AssertionError
        If the core gets stuck or breaks the rules of a stream.
    ValueError
        If what comes back is no encoding.
    """
    (played,) = play_all([program], config, design, folder=folder, seed=seed, **options)
    return played


def play_all(
    programs: Sequence[Program], config: CraneConfig, design: Build, **options: Any
) -> list[Played]:
    """Play programs one after the other, each from reset, in one run of the simulator.

    Parameters and errors are those of :func:`play`.
    """
    about_run = ("folder", "seed", "waves")
    where = {name: options.pop(name) for name in about_run if name in options}
    jobs = [job_of(program, config, **options) for program in programs]
    answers = play_jobs(jobs, design, **where)
    return [
        _compare(program, answer, config) for program, answer in zip(programs, answers, strict=True)
    ]


def _compare(program: Program, answer: CoreAnswer, config: CraneConfig) -> Played:
    result = result_of(program, answer.results, config)
    return Played(
        result=result,
        exact=bool(np.array_equal(result, program.expected)),
        counters=dict(zip(counter_names(config), answer.counters, strict=True)),
        errors=answer.errors,
        cycles=answer.cycles,
    )


def faults(played: Played, program: Program, config: CraneConfig) -> list[str]:
    """What is wrong with a run beside its values.

    Parameters
    ----------
    played : Played
        How the layer went.
    program : Program
        What was played.
    config : CraneConfig
        The design.

    Returns
    -------
    list of str
        A sentence for each contradiction in the counters, and for error flags; empty if all is
        well.
    """
    found = contradictions(played.counters, config, program.macs)
    if played.errors:
        found.append(f"error flags must be 0, not {played.errors}")
    return found


def play_jobs(
    jobs: Sequence[CoreJob],
    design: Build,
    *,
    folder: Path | None = None,
    seed: int = 1,
    waves: bool = False,
) -> list[CoreAnswer]:
    """Play streams as they are, job by job, each from reset.

    Parameters
    ----------
    jobs : sequence of CoreJob
        The streams.
    design, folder, seed, waves
        As in :func:`play`.

    Returns
    -------
    list of CoreAnswer
        What came out.

    Raises
    ------
    AssertionError
        If the core gets stuck or breaks the rules of a stream.
    """
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(folder or scratch)
        question, answer = place / "job.pickle", place / "answer.pickle"
        save(jobs, question)
        run(
            design,
            testbench="grus.sim.core_bench",
            folder=place,
            environment={"GRUS_JOB": str(question), "GRUS_ANSWER": str(answer)},
            seed=seed,
            quiet=True,
            waves=waves,
        )
        return load(CoreAnswer, answer)
