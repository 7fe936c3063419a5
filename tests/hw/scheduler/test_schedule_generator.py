import pytest

from grus.hw.scheduler.schedule_generator import ScheduleGenerator
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(("pes", "capacity"), [(2, 3), (3, 4), (8, 7)])
def test_moves_by_its_rules(pes, capacity, tmp_path):
    run_testbench(
        ScheduleGenerator(pes, capacity),
        "tests.hw.scheduler.schedule_generator_tb",
        parameters={"pes": pes, "capacity": capacity},
        folder=tmp_path,
    )
