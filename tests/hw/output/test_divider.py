import pytest

from grus.hw.output.divider import Divider
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(("lanes", "mean_bits", "largest"), [(1, 4, 4), (3, 8, 25), (2, 16, 64)])
def test_rounds_means_like_golden(lanes, mean_bits, largest, tmp_path):
    shape = {
        "lanes": lanes,
        "sum_bits": mean_bits + (largest - 1).bit_length(),
        "mean_bits": mean_bits,
        "largest": largest,
    }
    run_testbench(Divider(**shape), "tests.hw.output.divider_tb", parameters=shape, folder=tmp_path)
