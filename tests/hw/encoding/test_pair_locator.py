import pytest

from grus.hw.encoding.pair_locator import PairLocator
from grus.hw.presets import SMALL, TINY
from tests.support.runner import run_testbench

CONFIGS = [
    TINY,
    SMALL.with_overrides(index_bits=1),
    TINY.with_overrides(name="wide counts", index_bits=8, patch_positions=16),
]


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_equals_the_golden_positions(config, tmp_path):
    run_testbench(
        PairLocator(config),
        "tests.hw.encoding.pair_locator_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
