import pytest

from grus.hw.output.pooling import Pooling
from grus.hw.presets import SMALL, TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", [TINY, SMALL], ids=lambda config: config.name)
def test_matches_golden(config, tmp_path):
    run_testbench(
        Pooling(config),
        "tests.hw.output.pooling_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
