import pytest

from grus.hw.pe.matcher import Matcher
from tests.hw.pe.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_equals_a_look_up(config, tmp_path):
    run_testbench(
        Matcher(config),
        "tests.hw.pe.matcher_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
