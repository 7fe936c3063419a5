import pytest

from grus.hw.encoding.run_length_decoder import RunLengthDecoder
from grus.hw.presets import SMALL, TINY
from tests.support.runner import run_testbench

CASES = [
    ("icarus", TINY),
    ("icarus", SMALL.with_overrides(name="long runs", index_bits=5)),
    ("icarus", TINY.with_overrides(name="one pair a beat", stream_pairs=1, index_bits=1)),
    ("verilator", SMALL),
]
IDS = [f"{simulator}-{config.name}" for simulator, config in CASES]


@pytest.mark.rtl
@pytest.mark.parametrize(("simulator", "config"), CASES, ids=IDS)
def test_equals_the_golden_decoder(simulator, config, tmp_path):
    run_testbench(
        RunLengthDecoder(config),
        "tests.hw.encoding.run_length_decoder_tb",
        parameters=config.to_dict(),
        simulator=simulator,
        folder=tmp_path,
    )
