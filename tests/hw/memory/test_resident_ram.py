import pytest

from grus.hw.memory.resident_ram import ResidentRam
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("pes", [2, 3])
def test_answers_like_a_dictionary(pes, tmp_path):
    config = TINY.with_overrides(pes=pes, group_pes=pes)
    run_testbench(
        ResidentRam(config),
        "tests.hw.memory.resident_ram_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
