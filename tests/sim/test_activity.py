"""Toggles of a counter are known by heart."""

import pytest

from grus.hw.emit import to_verilog
from grus.sim.activity import read_saif
from grus.sim.simulators import TOGGLES, build, run
from tests.sim.toggling_tb import CYCLES
from tests.synth.parts import Counted

BITS = 4


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    folder = tmp_path_factory.mktemp("toggles")
    design = build(to_verilog(Counted(BITS)), top="Counted", simulator="verilator", toggles=True)
    run(design, testbench="tests.sim.toggling_tb", folder=folder, quiet=True, waves=True)
    return folder / TOGGLES


@pytest.mark.rtl
def test_each_bit_of_a_counter_toggles_half_as_often_as_the_one_before(recording):
    top = read_saif(recording).nets[""]
    assert [top[f"count[{bit}]"].toggles for bit in range(BITS)] == [
        CYCLES >> bit for bit in range(BITS)
    ]
    assert [top[f"count[{bit}]"].high for bit in range(BITS)] == pytest.approx(
        [0.5] * BITS, abs=0.02
    )


@pytest.mark.rtl
def test_parts_have_places_of_their_own(recording):
    activity = read_saif(recording)
    assert set(activity.nets) == {"", "part"}
    assert activity.nets["part"]["a[1]"] == activity.nets[""]["count[1]"]
    assert activity.nets["part"]["b[0]"].high == 1.0  # the other operand is a constant 1
    assert activity.nets["part"]["c[0]"] == (0, 0.0)


@pytest.mark.rtl
def test_a_recording_that_is_cut_short_is_refused(recording, tmp_path):
    text = recording.read_text()
    for end in (0, len(text) // 2):
        short = tmp_path / "short.saif"
        short.write_text(text[:end])
        with pytest.raises(
            ValueError, match=r"^toggles must be whole, and .* is cut short: record"
        ):
            read_saif(short)
