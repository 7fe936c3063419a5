import pytest

from grus.hw.memory.owner_first_arbiter import OwnerFirstArbiter
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("ports", [2, 3, 4])
def test_grants_by_its_rules(ports, tmp_path):
    run_testbench(
        OwnerFirstArbiter(ports),
        "tests.hw.memory.owner_first_arbiter_tb",
        parameters={"ports": ports},
        folder=tmp_path,
    )
