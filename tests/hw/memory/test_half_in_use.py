import pytest

from grus.hw.memory.half_in_use import HalfInUse
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_uses_each_half_once_per_fill(tmp_path):
    run_testbench(HalfInUse(), "tests.hw.memory.half_in_use_tb", folder=tmp_path)
