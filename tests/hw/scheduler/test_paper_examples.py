"""The examples that Crane explains stealing with, cycle by cycle.

In Figure 4 the first element needs one cycle for both of its output channels. A work-item takes
at least one cycle here, so those two are one work-item.
"""

import pytest

from grus.hw.presets import TINY
from grus.hw.scheduler.workload_scheduler import WorkloadScheduler
from tests.support.runner import run_testbench


def run_example(durations, *, without, stealing, stolen_by, tmp_path):
    """`durations` are those of each element's own work-items [cycles]."""
    config = TINY.with_overrides(pes=len(durations), group_pes=len(durations))
    run_testbench(
        WorkloadScheduler(config),
        "tests.hw.scheduler.paper_examples_tb",
        parameters={
            "config": config.to_dict(),
            "durations": durations,
            "cycles": [without, stealing],
            "stolen_by": stolen_by,
        },
        folder=tmp_path,
    )


@pytest.mark.rtl
def test_figure_4_input_sharing(tmp_path):
    """PE 1 takes one cycle, PE 2 three: two for channel 3 and one for channel 4, which moves."""
    run_example([[1], [2, 1]], without=3, stealing=2, stolen_by=0, tmp_path=tmp_path)


@pytest.mark.rtl
def test_figure_6_weight_sharing(tmp_path):
    """One, two and three cycles; PE 1 takes the last element of PE 3, the slowest, not of PE 2."""
    run_example([[1], [1, 1], [2, 1]], without=3, stealing=2, stolen_by=0, tmp_path=tmp_path)
