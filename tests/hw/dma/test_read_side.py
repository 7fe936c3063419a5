import pytest

from tests.hw.dma.read_side import ReadSide
from tests.hw.dma.slots import CASES, to_parameters
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("name", ["crane-is-tiny-2-64", "crane-is-small-4-128"])
def test_brings_all_operands(name, tmp_path):
    slots = CASES[name]
    run_testbench(
        ReadSide(slots),
        "tests.hw.dma.read_side_tb",
        parameters=to_parameters(slots),
        folder=tmp_path,
    )
