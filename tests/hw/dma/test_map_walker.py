import pytest

from grus.hw.dma.map_walker import MapWalker
from tests.hw.dma.machines import CASES
from tests.hw.dma.slots import to_parameters
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("name", CASES)
def test_lists_segments(name, tmp_path):
    run_testbench(
        MapWalker(CASES[name]),
        "tests.hw.dma.map_walker_tb",
        parameters=to_parameters(CASES[name]),
        folder=tmp_path,
    )
