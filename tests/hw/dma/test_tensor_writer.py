import pytest

from grus.hw.dma.tensor_writer import TensorWriter
from tests.hw.dma.machines import CASES
from tests.hw.dma.slots import to_parameters
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("name", CASES)
def test_writes_maps(name, tmp_path):
    run_testbench(
        TensorWriter(CASES[name]),
        "tests.hw.dma.tensor_writer_tb",
        parameters=to_parameters(CASES[name]),
        folder=tmp_path,
    )
