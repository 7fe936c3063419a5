import pytest

from grus.hw.dma.read_engine import ReadEngine
from tests.hw.dma.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("name", CONFIGS)
def test_reads_memory(name, tmp_path):
    config = CONFIGS[name]
    run_testbench(
        ReadEngine(config),
        "tests.hw.dma.read_engine_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
