"""Waveforms of the accelerator: whole files, and a sentence where they cannot be had."""

from pathlib import Path

import pytest

import grus
from grus.sim.waves import waves_arguments
from grus.tools import MissingToolError
from tests.support.machines import DIGITS as MACHINE

DIGITS = Path(__file__).parents[2] / "examples" / "digits"


@pytest.mark.rtl
def test_records_the_whole_machine(tmp_path):
    target = tmp_path / "folder" / "run.vcd"
    result = grus.run(
        *(DIGITS / "digits.onnx", DIGITS / "inputs.npy"),
        design=MACHINE,
        bus_bits=64,
        layers=["fc"],
        waves=target,
    )
    assert result.passed
    assert [path.name for path in target.parent.iterdir()] == ["run.vcd"]
    text = target.read_text()
    assert "m_axi_araddr" in text
    assert text.count("$scope") > 50  # not the top alone
    last = int(text[text.rindex("\n#") + 2 :].split()[0])
    assert last >= 2 * result.cycles


@pytest.mark.rtl
def test_icarus_records_the_whole_machine(tmp_path):
    target = tmp_path / "folder" / "run.fst"
    result = grus.run(
        *(DIGITS / "digits.onnx", DIGITS / "inputs.npy"),
        design=MACHINE,
        bus_bits=64,
        layers=["fc"],
        simulator="icarus",
        waves=target,
    )
    assert result.passed
    assert [path.name for path in target.parent.iterdir()] == ["run.fst"]
    assert target.stat().st_size > 10_000


def test_fst_says_which_headers_are_missing(monkeypatch):
    monkeypatch.setattr("grus.sim.waves._compiles", lambda source: False)
    with pytest.raises(
        MissingToolError, match=r"need lz4\.h and zlib\.h, .* or name the file \.vcd"
    ):
        waves_arguments(Path("x.fst"))


def test_the_kind_is_that_of_the_suffix(monkeypatch):
    monkeypatch.setattr("grus.sim.waves._compiles", lambda source: "lz4.h" in source)
    assert waves_arguments(Path("x.fst")) == ["--trace-fst"]
    assert waves_arguments(Path("x.vcd")) == ["--trace-vcd"]
    assert waves_arguments(None) == []
