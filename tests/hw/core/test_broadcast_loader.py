import pytest

from grus.hw.core.broadcast_loader import BroadcastLoader
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_lays_out_a_region(tmp_path):
    run_testbench(
        BroadcastLoader(TINY),
        "tests.hw.core.broadcast_loader_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
