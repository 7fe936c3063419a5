"""Traces hold a track for each PE, a slice for each work-item, an arrow for each steal."""

import json

import pytest

from grus.study.trace_file import TraceEvent, trace_records, write_trace

EVENTS = [
    TraceEvent(pe=0, start=3, end=9, bank=0, stolen=False, item=0),
    TraceEvent(pe=0, start=9, end=12, bank=0, stolen=False, item=1),
    TraceEvent(pe=2, start=4, end=8, bank=2, stolen=False, item=0),
    TraceEvent(pe=2, start=10, end=15, bank=1, stolen=True, item=7),
]


def records(phase):
    return [record for record in trace_records(EVENTS, "conv1", "m") if record["ph"] == phase]


def test_each_element_has_a_track_in_which_all_its_slices_lie():
    named = [r["tid"] for r in records("M") if r["name"] == "thread_name"]
    assert named == [0, 1, 2]
    layers = {r["tid"]: (r["ts"], r["dur"]) for r in records("X") if r["cat"] == "layer"}
    assert layers == dict.fromkeys(named, (0, 15))


def test_work_items_are_slices():
    items = [r for r in records("X") if r["cat"] != "layer"]
    assert [(r["tid"], r["ts"], r["dur"], r["cat"]) for r in items] == [
        *((0, 3, 6, "own"), (2, 4, 4, "own"), (0, 9, 3, "own"), (2, 10, 5, "stolen")),
    ]
    assert items[-1]["args"] == {"item": 7, "bank": 1}


def test_steals_are_arrows_from_the_owner_to_the_thief():
    (begin,), (end,) = records("s"), records("f")
    assert (begin["tid"], end["tid"]) == (1, 2)
    assert begin["id"] == end["id"]
    assert begin["ts"] == end["ts"] == 10
    assert end["bp"] == "e"


def test_a_file_is_json_and_whole(tmp_path):
    path = tmp_path / "trace.json"
    write_trace(path, EVENTS, layer="conv1", machine="m")
    content = json.loads(path.read_text())
    assert content["traceEvents"] == list(trace_records(EVENTS, "conv1", "m"))
    assert content["otherData"]["unit"] == "1 us stands for 1 clock cycle"


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (TraceEvent(0, 11, 20, 0, False, 2), "work-item 2 of PE 0 must start at or after cycle 12"),
        (TraceEvent(1, 5, 4, 1, False, 3), "work-item 3 of PE 1 must end at or after cycle 5"),
    ],
)
def test_what_no_viewer_could_show_is_refused_and_nothing_written(event, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        write_trace(tmp_path / "t.json", [*EVENTS, event], layer="l", machine="m")
    assert not list(tmp_path.iterdir())


def test_a_layer_without_work_has_a_trace(tmp_path):
    write_trace(tmp_path / "t.json", [], layer="l", machine="m")
    assert len(json.loads((tmp_path / "t.json").read_text())["traceEvents"]) == 1
