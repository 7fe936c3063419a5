import pytest

from grus.hw.scheduler.imbalance_detector import ImbalanceDetector
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(("pes", "capacity"), [(2, 1), (3, 26), (8, 7)])
def test_board_is_sorted(pes, capacity, tmp_path):
    run_testbench(
        ImbalanceDetector(pes, capacity),
        "tests.hw.scheduler.imbalance_detector_tb",
        parameters={"pes": pes, "capacity": capacity},
        folder=tmp_path,
    )
