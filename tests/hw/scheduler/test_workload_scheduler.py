import pytest

from grus.hw.presets import TINY
from grus.hw.scheduler.workload_scheduler import WorkloadScheduler
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("pes", [3, 5])
def test_matches_queues(pes, tmp_path):
    config = TINY.with_overrides(
        pes=pes, group_pes=pes, resident_ram_bytes=60 * pes, output_ram_bytes=100 * pes
    )
    run_testbench(
        WorkloadScheduler(config),
        "tests.hw.scheduler.workload_scheduler_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
