import pytest

from grus.hw.dma.tensor_reader import TensorReader
from tests.hw.dma.slots import CASES, to_parameters
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("name", CASES)
def test_reads_what_was_packed(name, tmp_path):
    slots = CASES[name]
    run_testbench(
        TensorReader(slots),
        "tests.hw.dma.tensor_reader_tb",
        parameters=to_parameters(slots),
        folder=tmp_path,
    )
