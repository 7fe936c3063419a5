import pytest

from grus.hw.memory.crossbar import Crossbar
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("ports", [2, 3, 8])
def test_connects_what_is_selected(ports, tmp_path):
    run_testbench(
        Crossbar(9, ports),
        "tests.hw.memory.crossbar_tb",
        parameters={"bits": 9, "ports": ports},
        folder=tmp_path,
    )
