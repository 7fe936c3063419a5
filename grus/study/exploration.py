"""Counts the points of a sweep on all cores or on a cluster, and goes on where it was stopped."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from grus.study.comparison import Report
from grus.study.points import count_point, keep_result, kept_result
from grus.study.sweep import Point, Sweep
from grus.tools import MissingToolError

__all__ = ["Outcome", "explore"]

_CONNECT_SECONDS = 10


class Outcome(NamedTuple):
    """A point, and what :func:`grus.study.points.count_point` gave for it."""

    point: Point
    result: Mapping[str, Any]


def explore(
    sweep: Sweep,
    folder: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    report: Report = lambda done, total, name: None,
) -> list[Outcome]:
    """Count all points that are not kept yet.

    Parameters
    ----------
    sweep : Sweep
        The points.
    folder : Path
        Where each point is kept as soon as it is counted; what an earlier run has kept there is
        not counted again.
    workers : int, optional
        Processes on this machine; as many as it has cores without it.
    scheduler : str, optional
        Address of a Dask scheduler, in place of processes on this machine. Its workers need Grus,
        and the files of real networks under the same paths.
    report : callable
        Called with the points done, all points, and the name of the last.

    Returns
    -------
    list of Outcome
        In the order of the sweep's points.

    Raises
    ------
    MissingToolError
        If Dask is not installed.
    ValueError
        If a real network cannot be read, the scheduler does not answer, or a worker is lost.
    """
    found = {place: kept_result(folder, point) for place, point in enumerate(sweep.points)}
    open_points = {place: sweep.points[place] for place, kept in found.items() if kept is None}
    report(len(found) - len(open_points), len(found), "")
    if open_points:
        for workload in {point.workload for point in open_points.values()}:
            if not workload.synthetic:
                next(workload.layers())  # so that what is wrong with a file is said first
        with _client(workers, scheduler) as client:
            done = len(found) - len(open_points)
            for place, result in _results(client, open_points):
                keep_result(folder, open_points[place], result)
                found[place] = result
                done += 1
                report(done, len(found), open_points[place].title)
    outcomes = ((point, found[place]) for place, point in enumerate(sweep.points))
    return [Outcome(point, result) for point, result in outcomes if result is not None]


def _results(client: Any, points: Mapping[int, Point]) -> Iterator[tuple[int, dict[str, Any]]]:
    from distributed import as_completed
    from distributed.scheduler import KilledWorker

    places = {
        client.submit(count_point, point.workload, point.design.machine, pure=False): place
        for place, point in points.items()
    }
    for future in as_completed(list(places)):
        try:
            result = future.result()
        except KilledWorker as error:
            raise ValueError(
                f"workers must have room for {points[places[future]].title}, and were lost: "
                "take fewer with --workers"
            ) from error
        yield places[future], result
        future.release()


@contextmanager
def _client(workers: int | None, scheduler: str | None) -> Iterator[Any]:
    """A connection to a cluster, which ends with the block."""
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise MissingToolError(
            "dask.distributed must be installed to explore, and is not: pip install grus[explore]"
        ) from error
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            raise ValueError(f"scheduler must answer, and {scheduler} does not: {error}") from error
        with client:
            yield client
        return
    with _interrupts_ignored():
        cluster = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )
    with cluster, Client(cluster) as client:
        yield client


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    """What is started here never sees Ctrl-C, which a terminal sends to all: only we end it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
