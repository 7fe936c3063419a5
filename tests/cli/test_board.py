"""``grus board``: what it writes, and what it says of what cannot be."""

import importlib
import json

import pytest

from grus.synth.bitstream import Bitstream
from grus.synth.boards import BOARDS
from grus.synth.fpga_flow import Resources
from tests.support.command_line import grus

command = importlib.import_module("grus.cli.board")  # the package names its command like that
FPGA = BOARDS["ulx3s-85f"].fpga


def made():
    return Bitstream(
        device=FPGA.device,
        device_has=FPGA.has,
        tools=("yosys 1", "nextpnr 2"),
        clock_hz=25e6,
        achieved_hz=31.5e6,
        synthesised=Resources(1000, 20, 3, 4),
        routed=Resources(1100, 20, 3, 4),
        seconds=dict.fromkeys(command.STAGES, 1.0),
        cpu_seconds=dict.fromkeys(command.STAGES, 0.5),
        files={".bit": b"bits", ".lpf": b"pins", ".il": b"rtlil", ".log": b"log"},
    )


def test_writes_the_bitstream_and_a_report(tmp_path, monkeypatch):
    asked = []

    def make(make_system, board, **options):
        asked.append((make_system, options.pop("tell"), options))
        return made()

    monkeypatch.setattr(command, "make_bitstream", make)
    out, report = tmp_path / "out", tmp_path / "report.json"
    options = ["--memory-kb", 8, "--clock-mhz", 30, "--seed", 5, "--json", report]
    result = grus("board", "crane-is-tiny", "-o", out, *options)
    assert result.exit_code == 0, result.output
    assert asked[0][2] == {"name": "crane-is-tiny", "clock_hz": 30_000_000, "seed": 5}
    stem = "crane-is-tiny-ulx3s-85f"
    suffixes = (".bit", ".il", ".json", ".log", ".lpf")
    assert sorted(path.name for path in out.iterdir()) == [stem + suffix for suffix in suffixes]
    assert (out / f"{stem}.bit").read_bytes() == b"bits"
    written = json.loads(report.read_text())
    assert json.loads((out / f"{stem}.json").read_text()) == written
    assert written["routed"]["luts"] == 1100
    assert written["memory_bytes"] == 8192
    assert written["clock_mhz"] == {"asked": 25.0, "achieved": 31.5}
    assert "31.50 MHz achieved" in result.output
    assert "1.3%" in result.output


BAD = {
    "board": (["--board", "arty"], r"'arty' is not 'ulx3s-85f'"),
    "memory": (["--memory-kb", 420], "memory must be at most 416 KB"),
    "odd memory": (["--memory-kb", 6], "memory_bytes must be a multiple of 4096, not 6144"),
    "baud": (["--baud", 9_000_000], "baud must be at most a quarter of the clock"),
    "baud between": (["--baud", 2_900_000], "within 2% of 15000000 Hz divided by"),
    "clock": (["--clock-mhz", 0], "clock must be more than 0 MHz, not 0"),
}


@pytest.mark.parametrize("name", BAD)
def test_says_what_cannot_be(name, tmp_path, monkeypatch):
    monkeypatch.setattr(command, "make_bitstream", None)
    options, message = BAD[name]
    result = grus("board", "crane-is-tiny", "-o", tmp_path / "out", *options)
    assert result.exit_code == 2
    assert message in " ".join(result.output.split())
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_of_a_design_that_does_not_fit(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise ValueError("design x must take at most")

    monkeypatch.setattr(command, "make_bitstream", refuse)
    result = grus("board", "crane-is-tiny", "-o", tmp_path / "out", "--json", tmp_path / "o.json")
    assert result.exit_code == 2
    assert "design x must take at most" in result.output
    assert list(tmp_path.iterdir()) == []
