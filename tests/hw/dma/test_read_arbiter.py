# amaranth: UnusedElaboratable=no
import pytest

from grus.hw.dma.config import AxiConfig
from grus.hw.dma.read_arbiter import ReadArbiter
from grus.hw.dma.read_port import ReadPort
from tests.support.runner import run_testbench

CASES = [
    (AxiConfig(data_bits=64, burst_words=4, outstanding_bursts=12), (40, 4, 9)),
    (AxiConfig(data_bits=128, burst_words=16), (80, 8, 16, 20)),
    (AxiConfig(data_bits=512, burst_words=256, outstanding_bursts=2), (240, 3)),
]


@pytest.mark.rtl
@pytest.mark.parametrize(("config", "depths"), CASES, ids=["three", "four", "two"])
def test_shares_the_engine(config, depths, tmp_path):
    run_testbench(
        ReadArbiter(config, depths),
        "tests.hw.dma.read_arbiter_tb",
        parameters={"config": config.to_dict(), "depths": depths},
        folder=tmp_path,
    )


def test_rejects_no_clients():
    with pytest.raises(ValueError, match=r"^depths must be those of at least 1 client, not 0$"):
        ReadArbiter(AxiConfig(), ())


def test_rejects_a_buffer_that_is_none():
    with pytest.raises(ValueError, match=r"^depth must be at least 2, not 1$"):
        ReadPort(AxiConfig(), 1)
