import pytest

from grus.hw.presets import SMALL, TINY
from grus.hw.scheduler.work_queue import WorkQueue
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", [TINY, SMALL], ids=lambda config: config.name)
def test_lists_work_items_from_both_ends(config, tmp_path):
    run_testbench(
        WorkQueue(config),
        "tests.hw.scheduler.work_queue_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
