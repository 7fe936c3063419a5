import pytest

from grus.hw.pe.adder_tree import AdderTree
from tests.hw.pe.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_equals_python(config, tmp_path):
    run_testbench(
        AdderTree(config),
        "tests.hw.pe.adder_tree_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
