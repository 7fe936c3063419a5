import pytest

from grus.hw.presets import TINY
from grus.hw.scheduler.round_queue import RoundQueue
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_holds_two_rounds(tmp_path):
    run_testbench(
        RoundQueue(TINY),
        "tests.hw.scheduler.round_queue_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
