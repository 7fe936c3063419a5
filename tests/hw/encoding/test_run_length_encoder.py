import pytest

from grus.hw.encoding.run_length_encoder import RunLengthEncoder
from grus.hw.presets import SMALL, TINY
from tests.support.runner import run_testbench

CASES = [
    (TINY, 2),
    (TINY.with_overrides(name="one-bit counts", index_bits=1), 5),
    (TINY.with_overrides(name="run of one vector"), 4),
    (SMALL, 1),
    (SMALL.with_overrides(name="wide", index_bits=3), 8),
]


@pytest.mark.rtl
@pytest.mark.parametrize(("config", "lanes"), CASES, ids=[config.name for config, _ in CASES])
def test_equals_the_golden_encoder(config, lanes, tmp_path):
    run_testbench(
        RunLengthEncoder(config, lanes),
        "tests.hw.encoding.run_length_encoder_tb",
        parameters={"config": config.to_dict(), "lanes": lanes},
        folder=tmp_path,
    )
