import pytest

from grus.hw.output.window_axis import WindowAxis
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_visits_the_windows_that_cover_a_coordinate(tmp_path):
    run_testbench(
        WindowAxis(TINY),
        "tests.hw.output.window_axis_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
