import pytest

from grus.hw.pe.multipliers import Multipliers
from tests.hw.pe.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_equals_python(config, tmp_path):
    run_testbench(
        Multipliers(config),
        "tests.hw.pe.multipliers_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
