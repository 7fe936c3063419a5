import pytest

from grus.hw.pe.index_selector import IndexSelector
from tests.hw.pe.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_equals_the_intersection(config, tmp_path):
    run_testbench(
        IndexSelector(config),
        "tests.hw.pe.index_selector_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
