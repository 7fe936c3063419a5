import pytest

from grus.hw.core.broadcaster import Broadcaster
from grus.hw.presets import SMALL, TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", [TINY, SMALL], ids=lambda config: config.name)
def test_sends_patches(config, tmp_path):
    run_testbench(
        Broadcaster(config),
        "tests.hw.core.broadcaster_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
