# amaranth: UnusedElaboratable=no
"""The emitted Verilog: one module per distinct component, clean, and equal from run to run."""

import re
import subprocess
import sys

import pytest

from grus.hw.core.crane_core import CraneCore
from grus.hw.description import describe_ports
from grus.hw.emit import to_verilog
from grus.hw.presets import SMALL, TINY
from grus.sim.simulators import is_available
from tests.support.lint import complaints
from tests.synth.parts import Box, Gates


@pytest.fixture(scope="module")
def verilog():
    return to_verilog(CraneCore(TINY))


def modules_of(verilog):
    return re.findall(r"^module (\w+)", verilog, re.MULTILINE)


def test_each_module_stands_once(verilog):
    modules = modules_of(verilog)
    assert len(modules) == len(set(modules))
    assert modules.count("ProcessingElement") == 1
    assert len(re.findall(r"^  ProcessingElement \w+ ", verilog, re.MULTILINE)) == TINY.pes
    numbered = [name.rsplit("_", 1)[0] for name in modules if re.search(r"_\d+$", name)]
    assert set(numbered) <= set(modules)  # named after their class


def test_modules_of_equal_text_are_one():
    """Whatever they were built from; others of their class get a number."""
    gates = [Gates(2, lambda a, b, c: a & b), Gates(2, lambda a, b, c: a & b)]
    verilog = to_verilog(Box(*gates, Gates(2, lambda a, b, c: a | b)))
    assert sorted(modules_of(verilog)) == ["Box", "Gates", "Gates_2"]


def test_has_no_paths(verilog):
    assert "src =" not in verilog
    assert ".py" not in verilog


def test_is_equal_from_run_to_run(verilog):
    program = (
        "from grus.hw.core.crane_core import CraneCore\n"
        "from grus.hw.emit import to_verilog\n"
        "from grus.hw.presets import TINY\n"
        "print(to_verilog(CraneCore(TINY)), end='')"
    )
    for seed in ("1", "2"):
        again = subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        )
        assert again.stdout == verilog


@pytest.mark.rtl
@pytest.mark.skipif(not is_available("verilator"), reason="verilator is not installed")
@pytest.mark.parametrize(
    "config",
    [
        SMALL,
        TINY,
        SMALL.with_overrides(pes=6, group_pes=2, index_bits=3),
    ],
    ids=lambda config: f"{config.name}-{config.pes}",
)
def test_is_clean(config, tmp_path):
    """All warnings on, but for those that Amaranth's output cannot avoid."""
    assert complaints(CraneCore(config), tmp_path) == ""


def test_ports_are_described_as_they_are(verilog):
    """Names, directions and widths equal those of the Verilog."""
    top = verilog[verilog.index("module CraneCore") :].partition("endmodule")[0]
    found = {
        (name, direction, int(high or 0) + 1)
        for direction, high, name in re.findall(
            r"^  (input|output) (?:\[(\d+):0\] )?(\w+);", top, re.MULTILINE
        )
    }
    described = describe_ports(CraneCore(TINY))
    assert {(port["name"], port["direction"], port["width"]) for port in described} == found
    tiles = next(port for port in described if port["name"] == "tiles__payload")
    assert sum(entry["width"] for entry in tiles["fields"]) == tiles["width"]
