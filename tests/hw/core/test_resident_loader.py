import pytest

from grus.hw.core.resident_loader import ResidentLoader
from grus.hw.presets import SMALL, TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", [TINY, SMALL], ids=lambda config: config.name)
def test_cuts_work_items_into_rows(config, tmp_path):
    run_testbench(
        ResidentLoader(config),
        "tests.hw.core.resident_loader_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
