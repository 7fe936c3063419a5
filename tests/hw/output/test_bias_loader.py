import pytest

from grus.hw.output.bias_loader import BiasLoader
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_deals_biases(tmp_path):
    run_testbench(
        BiasLoader(TINY),
        "tests.hw.output.bias_loader_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
