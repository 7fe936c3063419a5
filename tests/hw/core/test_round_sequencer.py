import pytest

from grus.hw.core.round_sequencer import RoundSequencer
from grus.hw.presets import TINY
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_cuts_tiles_into_rounds(tmp_path):
    run_testbench(
        RoundSequencer(TINY),
        "tests.hw.core.round_sequencer_tb",
        parameters={"config": TINY.to_dict()},
        folder=tmp_path,
    )
