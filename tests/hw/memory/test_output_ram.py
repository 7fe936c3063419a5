import pytest

from grus.hw.memory.output_ram import OutputBank, OutputRam
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_bank_adds_and_drains(tmp_path):
    run_testbench(
        OutputBank(TINY),
        "tests.hw.memory.output_bank_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )


@pytest.mark.rtl
@pytest.mark.parametrize("pes", [2, 3])
def test_ram_takes_every_result_once(pes, tmp_path):
    config = TINY.with_overrides(pes=pes, group_pes=pes)
    run_testbench(
        OutputRam(config),
        "tests.hw.memory.output_ram_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
