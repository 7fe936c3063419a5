import pytest

from grus.hw.pe.pair_joiner import PairJoiner
from tests.hw.pe.configs import CONFIGS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.name)
def test_keeps_every_pair_in_full_matches(config, tmp_path):
    run_testbench(
        PairJoiner(config),
        "tests.hw.pe.pair_joiner_tb",
        parameters=config.to_dict(),
        folder=tmp_path,
    )
