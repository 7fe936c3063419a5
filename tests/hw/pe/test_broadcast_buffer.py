import pytest

from grus.hw.pe.broadcast_buffer import BroadcastBuffer
from tests.hw.pe.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_equals_two_arrays(config, tmp_path):
    run_testbench(
        BroadcastBuffer(config, 2),
        "tests.hw.pe.broadcast_buffer_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
