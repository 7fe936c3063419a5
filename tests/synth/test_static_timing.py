import stat

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.synth.area import report_area
from grus.synth.flow import asic_flow
from grus.synth.static_timing import _one_by_one, opensta_version
from tests.synth.parts import Counted, Gates, Store
from tests.synth.timed_library import FLIP_FLOP_PS, INV_PS, NAND2_PS, SET_UP_PS, timed_library

needs_opensta = pytest.mark.skipif(
    not opensta_version(), reason="OpenSTA is not installed: install the package opensta"
)

REPORT = r"""
Startpoint: $auto$ff.cc:1:slice$7 (rising edge-triggered flip-flop clocked by edge)
Endpoint: o[0] (output port clocked by edge)

     0.000    0.000 ^ $auto$ff.cc:1:slice$7/C (DFF)
    40.000   40.000 v $auto$ff.cc:1:slice$7/Q (DFF)
    10.000   50.000 ^ $abc$1/Y (INV)
     0.000   50.000 ^ o[0] (out)
             50.000   data arrival time

  1000.000 1000.000   clock edge (rise edge)
           1000.000   data required time
            -50.000   data arrival time
----------------------------------------
            950.000   slack (MET)
"""


class Delayed(wiring.Component):
    """A register, an inverter and a register."""

    def __init__(self):
        super().__init__({"i": In(1), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        first = Signal(reset_less=True)
        last = Signal(reset_less=True)
        m.d.sync += [first.eq(self.i), last.eq(~first)]
        m.d.comb += self.o.eq(last)
        return m


def report_of(component):
    return report_area(component, asic_flow(timed_library(), opensta_version()))


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Puts a program of the name of OpenSTA first on the path."""
    opensta_version.cache_clear()

    def install(version, answer):
        program = tmp_path / "sta"
        program.write_text(
            f"#!/bin/sh\nif [ $1 = -version ]; then echo '{version}'; exit; fi\n"
            f"cat <<'end'\n{answer}\nend\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        monkeypatch.setenv("GRUS_CACHE", str(tmp_path / "cache"))

    yield install
    opensta_version.cache_clear()


@needs_opensta
def test_a_path_has_the_delay_and_the_set_up_of_its_registers():
    path = report_of(Delayed()).module("Delayed").path
    assert path.delay_ps == FLIP_FLOP_PS + INV_PS + SET_UP_PS
    assert path.gates == 1
    assert path.start == "register first"
    assert path.end in ("register last", "register o")


@needs_opensta
def test_a_path_of_gates_alone_is_their_sum():
    path = report_of(Gates(1, lambda a, b, c: a & b)).module("Gates").path
    assert (path.delay_ps, path.gates, path.end) == (NAND2_PS + INV_PS, 2, "o")


@needs_opensta
def test_paths_end_at_children_and_begin_there():
    path = report_of(Counted(3)).module("Counted").path
    assert path.start.startswith("register count")
    assert report_of(Counted(3)).timer == opensta_version()
    assert report_of(Store(64, 32, transparent=True)).module("Store").path.delay_ps > 0


def test_paths_are_read_from_what_opensta_says(stand_in):
    stand_in("2.0.17", REPORT)
    report = report_of(Gates(1, lambda a, b, c: ~a))
    assert report.timer == "OpenSTA 2.0.17"
    path = report.module("Gates").path
    assert path == (50.0, 1, "$auto$ff.cc:1:slice$7", "o[0]")


def test_no_path_is_none_and_no_answer_an_error(stand_in):
    stand_in("2.0.17", "No paths found.")
    assert report_of(Gates(1, lambda a, b, c: ~b)).module("Gates").path is None
    stand_in("2.0.17", "Error: cells.lib line 3, syntax error.")
    with pytest.raises(RuntimeError, match=r"^opensta must accept module Gates, not stop with: Er"):
        report_of(Gates(1, lambda a, b, c: ~c))


def test_another_program_of_that_name_is_not_opensta(stand_in):
    stand_in("Statistics 4", "")
    assert opensta_version() == ""
    assert report_of(Gates(1, lambda a, b, c: a ^ b)).timer == "ABC's estimate"


def test_nets_are_assigned_one_by_one():
    netlist = r"""
  assign a = b;
  assign { \a[2] , \a[1] , b } = { 2'h2, \c[0]  };
  assign { d, e } = 2'd1;
"""
    assert _one_by_one(netlist).split("\n")[1:-1] == [
        "  assign a = b;",
        r"  assign \a[2] = 1'b1 ;",
        r"  assign \a[1] = 1'b0 ;",
        r"  assign b = \c[0] ;",
        "  assign d = 1'b0 ;",
        "  assign e = 1'b1 ;",
    ]
