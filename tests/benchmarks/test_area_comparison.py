"""What is counted as logic, memory and load balancing, and what stands per mm2."""

import pytest

from benchmarks.area_comparison import area_rows, areas_of, markdown_table, speed_rows
from grus.sim.rivals.ideal import Ideal
from grus.synth.report import AreaReport, BlockArea, ModuleArea, Sram
from tests.sim.cycle.test_crane import drawn


def module(name, area_ge, instances):
    return ModuleArea(
        name=name,
        block="",
        instances=instances,
        area_ge=area_ge,
        flip_flops=0,
        total_area_ge=area_ge,
        total_flip_flops=0,
        total_sram_bits=0,
        cells={},
        path=None,
    )


def sram(module, area_ge, count):
    return Sram(
        module=module,
        name="half",
        words=64,
        word_bits=16,
        read_ports=1,
        write_ports=1,
        count=count,
        area_ge=area_ge,
        read_pj=1.0,
        write_pj=1.0,
    )


REPORT = AreaReport(
    top="Core",
    tool="yosys",
    library="cells",
    timer="",
    sram_table="macros",
    nand2_um2=None,
    area_ge=600.0,
    sram_ge=400.0,
    flip_flops=0,
    sram_bits=0,
    blocks=(
        BlockArea(
            name="index selectors",
            area_ge=250.0,
            flip_flops=0,
            share=0.25,
            sram_bits=0,
            slowest="",
            path=None,
        ),
    ),
    modules=(
        module("WorkQueue_2", 10.0, 4),
        module("Crossbar", 20.0, 1),
        module("Drainer", 540, 1),
    ),
    srams=(sram("ResidentRam_3", 100.0, 2), sram("OutputBank", 100.0, 2)),
)


def test_parts_are_shares_of_the_total():
    areas = areas_of(REPORT, nand2_um2=2.0)
    assert areas.total_mm2 == pytest.approx(2000e-6)
    assert (areas.logic, areas.memory, areas.selectors) == (0.6, 0.4, 0.25)
    assert areas.load_balancing == pytest.approx(0.06)
    assert areas.operand_rams_mm2 == pytest.approx(400e-6)


def test_crane_stands_against_its_rival():
    rival = areas_of(REPORT, nand2_um2=2.0)
    crane = areas_of(REPORT, nand2_um2=3.0)
    rows = {what: values for what, *values in area_rows(crane, rival)}
    assert rows["total, against Cambricon-X"][0] == "+50.00%"
    assert rows["logic, of the total"] == ["60.00%", "60.00%", "62.57%", "66.56%"]
    count = Ideal().count(drawn())
    first, second = speed_rows({"net": {"crane": count, "rival": count}}, crane, rival)
    assert float(first[5]) < float(second[5])
    assert second[6] == "Crane: x 0.667"
    assert first[6] == ""


def test_tables_are_markdown():
    assert markdown_table(("a", "b"), [("1", "2")]) == ["| a | b |", "| --- | --- |", "| 1 | 2 |"]
