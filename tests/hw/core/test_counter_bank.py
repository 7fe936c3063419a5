import pytest

from grus.hw.core.counter_bank import CounterBank
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_counts_every_cycle_once(tmp_path):
    config = TINY.with_overrides(pes=4, group_pes=2)
    run_testbench(
        CounterBank(config),
        "tests.hw.core.counter_bank_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
