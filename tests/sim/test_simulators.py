# amaranth: UnusedElaboratable=no
"""Builds and runs: what is missing or fails is said once, clearly."""

import pytest

from grus.hw.emit import to_verilog
from grus.hw.stream.fifo import StreamFifo
from grus.sim.simulators import build, is_available, run
from grus.tools import MissingToolError


def test_unknown_simulators_are_refused():
    with pytest.raises(ValueError, match=r"^simulator must be one of verilator, icarus, not vcs$"):
        is_available("vcs")


@pytest.mark.parametrize("simulator", ["verilator", "icarus"])
def test_missing_simulators_are_named(simulator, monkeypatch, tmp_path):
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(MissingToolError, match=rf"^simulator {simulator} must be installed, and"):
        build("", top="top", simulator=simulator, folder=tmp_path / "build")
    assert not (tmp_path / "build").exists()


@pytest.mark.rtl
def test_a_failing_testbench_is_an_assertion(tmp_path):
    design = build(to_verilog(StreamFifo(8, 2)), top="StreamFifo", simulator="icarus")
    with pytest.raises(AssertionError, match=r"tests\.sim\.failing_tb"):
        run(design, testbench="tests.sim.failing_tb", folder=tmp_path, quiet=True)


@pytest.mark.rtl
def test_nothing_is_left_of_a_failed_build(tmp_path):
    with pytest.raises(RuntimeError, match=r"^icarus must accept the design"):
        build("module top; nonsense", top="top", simulator="icarus", folder=tmp_path / "build")
    assert list(tmp_path.iterdir()) == []
