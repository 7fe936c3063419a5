import pytest

from grus.hw.output.requantiser import Requantiser
from grus.hw.presets import SMALL, TINY
from tests.support.runner import run_testbench

# Not a bit more than `max_terms` products and a bias need.
NARROW = TINY.with_overrides(name="narrow", accumulator_bits=27)


@pytest.mark.rtl
@pytest.mark.parametrize("config", [TINY, NARROW, SMALL], ids=lambda config: config.name)
def test_matches_golden(config, tmp_path):
    run_testbench(
        Requantiser(config),
        "tests.hw.output.requantiser_tb",
        parameters={"config": config.to_dict()},
        folder=tmp_path,
    )
