"""Writes what processing elements did as a trace that Chrome and Perfetto show."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from grus.files import whole_file

__all__ = ["TraceEvent", "trace_records", "write_trace"]


class TraceEvent(NamedTuple):
    """A work-item on a processing element.

    Attributes
    ----------
    pe : int
        Who works on it.
    start, end : int
        First clock cycle, and the one behind the last.
    bank : int
        Whose bank it comes from: `pe`, unless it is stolen.
    stolen : bool
        Whether it is stolen.
    item : int
        Its number among those of its bank.
    """

    pe: int
    start: int
    end: int
    bank: int
    stolen: bool
    item: int


def write_trace(path: Path, events: Sequence[TraceEvent], *, layer: str, machine: str) -> None:
    """Write a trace, whole or not at all.

    Parameters
    ----------
    path : Path
        Where to; the usual ending is ``.json``.
    events : sequence of TraceEvent
        Work-items in any order.
    layer, machine : str
        What the trace is called.

    Raises
    ------
    ValueError
        As :func:`trace_records`.
    """
    head = {"layer": layer, "machine": machine, "unit": "1 us stands for 1 clock cycle"}
    records = (json.dumps(record).encode() for record in trace_records(events, layer, machine))

    def pieces() -> Iterator[bytes]:
        yield f'{{"otherData": {json.dumps(head)}, "traceEvents": [\n'.encode()
        yield next(records)
        for record in records:
            yield b",\n" + record
        yield b"\n]}\n"

    with whole_file(path) as unfinished, unfinished.open("wb") as file:
        file.writelines(pieces())


def trace_records(
    events: Sequence[TraceEvent], layer: str, machine: str
) -> Iterator[dict[str, Any]]:
    """Records of the trace event format, one after the other.

    Each processing element has a track with one slice for the whole layer; work-items are slices in
    it, so that an arrow always finds a slice to start from. An arrow goes from the bank's owner
    to the thief, at the cycle in which the thief begins.

    Raises
    ------
    ValueError
        If work-items of a processing element overlap, or end before they begin.
    """
    tracks = sorted({event.pe for event in events} | {event.bank for event in events})
    end = max((event.end for event in events), default=0)
    yield _record("M", 0, name="process_name", args={"name": machine})
    for pe in tracks:
        yield _record("M", pe, name="thread_name", args={"name": f"PE {pe}"})
        yield _record("M", pe, name="thread_sort_index", args={"sort_index": pe})
        yield _record("X", pe, name=layer, cat="layer", ts=0, dur=end)
    for number, event in enumerate(_in_order(events)):
        args = {"item": event.item, "bank": event.bank}
        name = f"item {event.item} of PE {event.bank}" if event.stolen else f"item {event.item}"
        kind = "stolen" if event.stolen else "own"
        duration = event.end - event.start
        yield _record("X", event.pe, name=name, cat=kind, ts=event.start, dur=duration, args=args)
        if event.stolen:
            steal = {"name": "steal", "cat": "steal", "id": number, "ts": event.start}
            yield _record("s", event.bank, **steal)
            yield _record("f", event.pe, bp="e", **steal)


def _in_order(events: Iterable[TraceEvent]) -> list[TraceEvent]:
    free: dict[int, int] = {}
    ordered = sorted(events, key=lambda event: (event.start, event.pe))
    for event in ordered:
        if event.end < event.start:
            raise ValueError(
                f"work-item {event.item} of PE {event.pe} must end at or after cycle "
                f"{event.start}, not at {event.end}"
            )
        if event.start < free.get(event.pe, 0):
            raise ValueError(
                f"work-item {event.item} of PE {event.pe} must start at or after cycle "
                f"{free[event.pe]}, where the one before it ends, not at {event.start}"
            )
        free[event.pe] = event.end
    return ordered


def _record(phase: str, track: int, **fields: Any) -> dict[str, Any]:
    return {"ph": phase, "pid": 0, "tid": track, **fields}
