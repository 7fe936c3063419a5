# amaranth: UnusedElaboratable=no
import pytest

from grus.hw.dma.burst_buffer import BurstBuffer
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(("depth", "bits"), [(2, 7), (5, 33), (16, 8)])
def test_matches_a_list(depth, bits, tmp_path):
    run_testbench(
        BurstBuffer(bits, depth),
        "tests.hw.dma.burst_buffer_tb",
        parameters={"depth": depth, "bits": bits},
        folder=tmp_path,
    )


def test_rejects_one_word():
    with pytest.raises(ValueError, match=r"^depth must be at least 2, not 1$"):
        BurstBuffer(8, 1)
