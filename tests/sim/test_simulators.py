# amaranth: UnusedElaboratable=no
"""Builds and runs: what is missing or fails is said once, clearly."""

import pytest
from cocotb_tools import config as cocotb_config

from grus.hw.emit import to_verilog
from grus.hw.stream.fifo import StreamFifo
from grus.sim.simulators import Build, build, is_available, run
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


def test_what_another_environment_built_finds_the_libraries_of_this_one(monkeypatch, tmp_path):
    started = {}

    class Runner:
        def test(self, **options):
            started.update(options["extra_env"])
            raise SystemExit(1)  # as cocotb's own does

    monkeypatch.setenv("LD_LIBRARY_PATH", "/theirs")
    monkeypatch.setattr("grus.sim.simulators.get_runner", lambda simulator: Runner())
    design = Build(simulator="verilator", folder=tmp_path, top="top")
    with pytest.raises((AssertionError, SystemExit)):
        run(design, testbench="none", folder=tmp_path, quiet=True)
    assert started["LD_LIBRARY_PATH"] == f"{cocotb_config.libs_dir}:/theirs"


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
