import pytest

from grus.hw.dma.write_engine import WriteEngine
from tests.hw.dma.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("name", CONFIGS)
def test_writes_memory(name, tmp_path):
    config = CONFIGS[name]
    run_testbench(
        WriteEngine(config),
        "tests.hw.dma.write_engine_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
