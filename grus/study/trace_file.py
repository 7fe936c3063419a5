"""Writes what processing elements did as a trace that Chrome and Perfetto show."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from grus.files import whole_file
from grus.sim.cycle.trace_events import LayerTrace, TraceEvent

__all__ = ["trace_records", "write_trace"]


def write_trace(path: Path, layers: Sequence[LayerTrace], *, machine: str) -> None:
    """Write a trace, whole or not at all.

    Parameters
    ----------
    path : Path
        Where to; the usual ending is ``.json``.
    layers : sequence of LayerTrace
        Layers, one after the other.
    machine : str
        What the trace is called.

    Raises
    ------
    ValueError
        As :func:`trace_records`.
    """
    names = [layer.name for layer in layers]
    head = {"layers": names, "machine": machine, "unit": "1 us stands for 1 clock cycle"}
    records = (json.dumps(record).encode() for record in trace_records(layers, machine))

    def pieces() -> Iterator[bytes]:
        yield f'{{"otherData": {json.dumps(head)}, "traceEvents": [\n'.encode()
        yield next(records)
        for record in records:
            yield b",\n" + record
        yield b"\n]}\n"

    with whole_file(path) as unfinished, unfinished.open("wb") as file:
        file.writelines(pieces())


def trace_records(layers: Sequence[LayerTrace], machine: str) -> Iterator[dict[str, Any]]:
    """Records of the trace event format, one after the other.

    Each processing element has a track with one slice for each layer; work-items are slices in it.
    An arrow goes from the bank's owner to the thief, at the cycle in which the thief begins. Tiles
    and rounds have tracks of their own below. Each layer begins where the one before ends.

    Raises
    ------
    ValueError
        If work-items of a processing element overlap, or end before they begin.
    """
    events = [event for layer in layers for event in layer.events]
    elements = sorted({event.pe for event in events} | {event.bank for event in events})
    others = dict.fromkeys(span.track for layer in layers for span in layer.spans)
    tracks = {f"PE {pe}": pe for pe in elements}
    behind = max(elements, default=-1) + 1
    tracks |= {name: behind + place for place, name in enumerate(others)}
    yield _record("M", 0, name="process_name", args={"name": machine})
    for name, track in tracks.items():
        yield _record("M", track, name="thread_name", args={"name": name})
        yield _record("M", track, name="thread_sort_index", args={"sort_index": track})
    arrows, begin = count(), 0
    for layer in layers:
        for pe in elements:
            yield _slice(pe, begin, layer.cycles, name=layer.name, cat="layer")
        for span in layer.spans:
            start, length = begin + span.start, span.end - span.start
            yield _slice(tracks[span.track], start, length, name=span.name, cat=span.track)
        yield from _work_items(layer, begin, arrows)
        begin += layer.cycles


def _work_items(layer: LayerTrace, begin: int, arrows: Iterator[int]) -> Iterator[dict[str, Any]]:
    for event in _in_order(layer.events):
        start = begin + event.start
        args = {name: getattr(event, name) for name in ("output", "row", "column", "bank")}
        name = f"output {event.output}, row {event.row}, column {event.column}"
        kind = "stolen" if event.stolen else "own"
        duration = event.end - event.start
        yield _slice(event.pe, start, duration, name=name, cat=kind, args=args)
        if event.stolen:
            steal = {"name": "steal", "cat": "steal", "id": next(arrows), "ts": start}
            yield _record("s", event.bank, **steal)
            yield _record("f", event.pe, bp="e", **steal)


def _in_order(events: Iterable[TraceEvent]) -> list[TraceEvent]:
    free: dict[int, int] = {}
    ordered = sorted(events, key=lambda event: (event.start, event.pe))
    for event in ordered:
        if event.end < event.start:
            raise ValueError(
                f"a work-item of PE {event.pe} must end at or after cycle {event.start}, where "
                f"it starts, not at {event.end}"
            )
        if event.start < free.get(event.pe, 0):
            raise ValueError(
                f"a work-item of PE {event.pe} must start at or after cycle {free[event.pe]}, "
                f"where the one before it ends, not at {event.start}"
            )
        free[event.pe] = event.end
    return ordered


def _slice(track: int, start: int, length: int, **fields: Any) -> dict[str, Any]:
    return _record("X", track, ts=start, dur=length, **fields)


def _record(phase: str, track: int, **fields: Any) -> dict[str, Any]:
    return {"ph": phase, "pid": 0, "tid": track, **fields}
