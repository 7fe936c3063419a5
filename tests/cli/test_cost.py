"""The command that costs designs."""

import json
from pathlib import Path

import pytest

from grus.synth.static_timing import opensta_version
from tests.support.command_line import grus
from tests.support.power import CYCLES, LAYER, MACS, POWER, play_nothing
from tests.synth.powered_library import powered_library

DIGITS = Path(__file__).parent.parent.parent / "examples" / "digits"


def test_cost_prints_and_writes_the_area(tmp_path):
    target = tmp_path / "area.json"
    result = grus("cost", "crane-is-tiny", "--json", target)
    assert result.exit_code == 0, result.output
    report = json.loads(target.read_text())
    (tiny,) = report["designs"]
    assert tiny["design"]["pes"] == 3
    assert "index selectors" in result.output
    assert f"{tiny['total_ge']:,.0f}" in result.output


def test_cost_puts_designs_side_by_side(tmp_path):
    lean = tmp_path / "lean.toml"
    lean.write_text('base = "crane-is-tiny"\npool_words = 12\n')
    target, page = tmp_path / "area.json", tmp_path / "area.html"
    result = grus("cost", "crane-is-tiny", lean, "--json", target, "--report", page)
    assert result.exit_code == 0, result.output
    designs = json.loads(target.read_text())["designs"]
    assert [entry["design"]["name"] for entry in designs] == ["crane-is-tiny", "lean"]
    ratio = designs[1]["total_ge"] / designs[0]["total_ge"]
    assert f"{ratio:.3f}" in result.output
    assert page.read_text().startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["crane-is-mini"], "design must be one of crane-is, "),
        (["crane-is-tiny", "crane-is-tiny"], "designs must have different names, not "),
        (["crane-is-tiny", "--liberty", "x.lib"], "--liberty must come with --target asic, not "),
        (
            ["crane-is-tiny", "--target", "asic", "--liberty", "x.lib"],
            "liberty must be a Liberty file, not x.lib: No such file",
        ),
        (["crane-is-tiny", "--sram", "x.toml"], "sram must be a TOML file, not x.toml: No such"),
        (["crane-is-tiny", "--bus-bits", "96"], "data_bits must be a power of two, not 96"),
    ],
)
def test_cost_of_what_is_not_there_is_one_sentence(tmp_path, arguments, message):
    target, page = tmp_path / "area.json", tmp_path / "area.html"
    result = grus("cost", *arguments, "--json", target, "--report", page)
    assert result.exit_code == 2
    assert result.output.startswith(f"Error: {message}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("cell (INV)", "cell (INV2)"), ""),
        (("(A B)'", "A B"), "liberty must have a NAND2 with an area, and FILE has none: "),
        (("    ff (", "    gg ("), "liberty must have a D flip-flop without reset with an area, "),
        (("  cell (DFF) {", "  cell (DFF) { {"), "liberty must be whole, and FILE ends before "),
        (("0.1, 1, 1000", "0.1, 1000"), "liberty must suit yosys, and FILE does not: "),
    ],
)
def test_cost_with_a_library_of_ones_own(tmp_path, monkeypatch, change, message):
    play_nothing(monkeypatch)
    text = powered_library().text
    assert change[0] in text
    library, target, page = (tmp_path / name for name in ("own.lib", "area.json", "area.html"))
    library.write_text(text.replace(*change))
    arguments = ("--liberty", library, *POWER, *LAYER, "--json", target, "--report", page)
    result = grus("cost", "crane-is-tiny", "--target", "asic", *arguments)
    if message:
        assert result.exit_code == 2
        assert "Error: " + message.replace("FILE", str(library)) in result.output
        assert list(tmp_path.iterdir()) == [library]
    else:
        assert result.exit_code == 0, result.output
        (tiny,) = json.loads(target.read_text())["designs"]
        assert tiny["library"] == "timed"
        assert tiny["area_um2"] == pytest.approx(2 * tiny["area_ge"])
        timer = opensta_version() or "ABC's estimate"
        assert f"Critical path, by {timer}: " in result.output
        assert tiny["timer"] == timer
        assert "16 x 16 bit multiplier by the same flow: " in result.output
        power = tiny["power"]["power_mw"]
        assert power["clock"] > power["leakage"] > 0
        assert power["total"] == pytest.approx(
            sum(block["power_mw"]["total"] for block in tiny["power"]["blocks"])
        )
        energy = power["total"] / 500 * 1e3 * CYCLES / MACS
        assert (
            f"{CYCLES:,} cycles at 500 MHz, {MACS:,} effectual MACs, {energy:.2f} pJ for each"
            in (" ".join(result.output.split()))
        )
        assert f"{power['total']:,.2f}" in page.read_text()


def test_cost_of_an_fpga(tmp_path):
    lean, target, page = (tmp_path / name for name in ("lean.toml", "fpga.json", "fpga.html"))
    lean.write_text('base = "crane-is-tiny"\npool_words = 12\n')
    arguments = ("--target", "ecp5", "--json", target, "--report", page)
    result = grus("cost", "crane-is-tiny", lean, *arguments)
    assert result.exit_code == 0, result.output
    tiny, leaner = json.loads(target.read_text())["designs"]
    assert f"{tiny['luts']:,}" in result.output
    assert f"({leaner['luts'] / tiny['luts']:.3f})" in result.output
    assert tiny["dsps"] >= tiny["design"]["pes"] * tiny["design"]["multipliers"]
    assert "share of LFE5U-85F" in result.output
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_cost_of_an_fpga_has_no_table_of_macros(tmp_path):
    result = grus("cost", "crane-is-tiny", "--target", "ice40", "--sram", tmp_path / "own.toml")
    assert result.exit_code == 2
    assert result.output.startswith("Error: --sram must come with --target generic or asic, not ")
