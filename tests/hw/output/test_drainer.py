import pytest

from grus.hw.output.drainer import Drainer
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_drains_half_by_half(tmp_path):
    run_testbench(
        Drainer(TINY),
        "tests.hw.output.drainer_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
