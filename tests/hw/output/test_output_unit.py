import pytest

from grus.hw.output.output_unit import OutputUnit
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_matches_golden(tmp_path):
    run_testbench(
        OutputUnit(TINY),
        "tests.hw.output.output_unit_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
