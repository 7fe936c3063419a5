import pytest

from grus.hw.core.tile_dispatcher import TileDispatcher
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_gives_each_part_its_share(tmp_path):
    run_testbench(
        TileDispatcher(TINY),
        "tests.hw.core.tile_dispatcher_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
