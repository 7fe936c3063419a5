# amaranth: UnusedElaboratable=no
import pytest

from grus.hw.stream.fifo import StreamFifo
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(
    ("simulator", "depth", "bits"),
    [("icarus", 1, 3), ("icarus", 2, 8), ("icarus", 3, 8), ("icarus", 4, 33), ("verilator", 5, 8)],
)
def test_matches_a_list(simulator, depth, bits, tmp_path):
    run_testbench(
        StreamFifo(bits, depth),
        "tests.hw.stream.fifo_tb",
        parameters={"depth": depth, "bits": bits},
        simulator=simulator,
        folder=tmp_path,
    )


def test_rejects_no_depth():
    with pytest.raises(ValueError, match=r"^depth must be at least 1, not 0$"):
        StreamFifo(8, 0)
