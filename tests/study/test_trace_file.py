"""Traces hold a track for each PE, a slice for each work-item, an arrow for each steal."""

import json

import pytest

from grus.sim.cycle.trace_events import LayerTrace, TraceEvent, TraceSpan
from grus.study.trace_file import trace_records, write_trace

EVENTS = [
    TraceEvent(pe=0, start=3, end=9, bank=0, output=0, row=0, column=0),
    TraceEvent(pe=0, start=9, end=12, bank=0, output=4, row=0, column=0),
    TraceEvent(pe=2, start=4, end=8, bank=2, output=2, row=0, column=1),
    TraceEvent(pe=2, start=10, end=15, bank=1, output=7, row=5, column=6),
]
LAYERS = [
    LayerTrace("conv1", 20, EVENTS, [TraceSpan("rounds", "row 0", 3, 15)]),
    LayerTrace("conv2", 9, EVENTS[3:]),
]


def records(phase, layers=LAYERS):
    return [record for record in trace_records(layers, "m") if record["ph"] == phase]


def test_each_element_has_a_track_in_which_all_its_slices_lie():
    named = {r["tid"]: r["args"]["name"] for r in records("M") if r["name"] == "thread_name"}
    assert named == {0: "PE 0", 1: "PE 1", 2: "PE 2", 3: "rounds"}
    layers = [(r["tid"], r["ts"], r["dur"]) for r in records("X") if r["cat"] == "layer"]
    assert layers == [*((pe, 0, 20) for pe in range(3)), *((pe, 20, 9) for pe in range(3))]


def test_work_items_are_slices_and_layers_follow_each_other():
    items = [r for r in records("X") if r["cat"] in ("own", "stolen")]
    assert [(r["tid"], r["ts"], r["dur"], r["cat"]) for r in items] == [
        *((0, 3, 6, "own"), (2, 4, 4, "own"), (0, 9, 3, "own"), (2, 10, 5, "stolen")),
        (2, 30, 5, "stolen"),
    ]
    assert items[-1]["name"] == "output 7, row 5, column 6"
    assert items[-1]["args"] == {"output": 7, "row": 5, "column": 6, "bank": 1}


def test_what_the_whole_array_does_has_tracks_of_its_own():
    (span,) = (r for r in records("X") if r["cat"] == "rounds")
    assert (span["tid"], span["ts"], span["dur"], span["name"]) == (3, 3, 12, "row 0")


def test_steals_are_arrows_from_the_owner_to_the_thief():
    begins, ends = records("s"), records("f")
    assert [(r["tid"], r["ts"], r["id"]) for r in begins] == [(1, 10, 0), (1, 30, 1)]
    assert [(r["tid"], r["ts"], r["id"]) for r in ends] == [(2, 10, 0), (2, 30, 1)]
    assert {end["bp"] for end in ends} == {"e"}


def test_a_file_is_json_and_whole(tmp_path):
    path = tmp_path / "trace.json"
    write_trace(path, LAYERS, machine="m")
    content = json.loads(path.read_text())
    assert content["traceEvents"] == list(trace_records(LAYERS, "m"))
    assert content["otherData"]["unit"] == "1 us stands for 1 clock cycle"
    assert content["otherData"]["layers"] == ["conv1", "conv2"]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (TraceEvent(0, 11, 20, 0, 0, 0, 0), "of PE 0 must start at or after cycle 12, where"),
        (TraceEvent(1, 5, 4, 1, 0, 0, 0), "of PE 1 must end at or after cycle 5, where"),
    ],
)
def test_what_no_viewer_could_show_is_refused_and_nothing_written(event, message, tmp_path):
    with pytest.raises(ValueError, match=f"a work-item {message}"):
        write_trace(tmp_path / "t.json", [LayerTrace("l", 9, [*EVENTS, event])], machine="m")
    assert not list(tmp_path.iterdir())


def test_a_layer_without_work_has_a_trace(tmp_path):
    write_trace(tmp_path / "t.json", [LayerTrace("l", 9, [])], machine="m")
    assert len(json.loads((tmp_path / "t.json").read_text())["traceEvents"]) == 1
