import pytest

from grus.hw.core.strip_walker import StripWalker
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_walks_like_nested_loops(tmp_path):
    run_testbench(
        StripWalker(TINY),
        "tests.hw.core.strip_walker_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
