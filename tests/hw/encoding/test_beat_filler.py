import pytest

from grus.hw.encoding.beat_filler import BeatFiller
from grus.hw.presets import SMALL, TINY
from tests.support.runner import run_testbench

CASES = [(TINY, 3), (TINY, 1), (SMALL, 4)]


@pytest.mark.rtl
@pytest.mark.parametrize(
    ("config", "lanes"), CASES, ids=[f"{config.name}-{lanes}" for config, lanes in CASES]
)
def test_fills_beats(config, lanes, tmp_path):
    run_testbench(
        BeatFiller(config, lanes),
        "tests.hw.encoding.beat_filler_tb",
        parameters={"config": config.to_dict(), "lanes": lanes},
        folder=tmp_path,
    )
