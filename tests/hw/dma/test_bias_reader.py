import pytest

from grus.hw.dma.bias_reader import BiasReader
from tests.hw.dma.slots import CASES, to_parameters
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("name", CASES)
def test_reads_what_was_packed(name, tmp_path):
    slots = CASES[name]
    run_testbench(
        BiasReader(slots),
        "tests.hw.dma.bias_reader_tb",
        parameters=to_parameters(slots),
        folder=tmp_path,
    )
