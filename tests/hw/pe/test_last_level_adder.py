import pytest

from grus.hw.pe.last_level_adder import LastLevelAdder
from tests.hw.pe.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_equals_python(config, tmp_path):
    run_testbench(
        LastLevelAdder(config),
        "tests.hw.pe.last_level_adder_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
