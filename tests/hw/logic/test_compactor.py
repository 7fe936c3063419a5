import pytest

from grus.hw.logic.compactor import Compactor
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(("lanes", "bits"), [(2, 1), (5, 4), (8, 7), (13, 9)])
def test_equals_a_filter(lanes, bits, tmp_path):
    run_testbench(
        Compactor(bits, lanes),
        "tests.hw.logic.compactor_tb",
        parameters={"lanes": lanes, "bits": bits},
        folder=tmp_path,
    )
