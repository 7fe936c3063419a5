"""Toggles of a counter are known by heart."""

import pytest

from grus.hw.emit import to_rtlil, to_verilog
from grus.sim.activity import read_saif
from grus.sim.simulators import TOGGLES, _control, build, run
from grus.synth.flow import asic_flow
from grus.synth.power import report_power
from grus.synth.recording import Recording
from tests.sim.toggling_tb import CYCLES
from tests.synth.parts import Counted
from tests.synth.powered_library import powered_library

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


@pytest.mark.rtl
def test_power_is_that_of_the_toggles_known_by_heart(recording):
    rtlil, flow = to_rtlil(Counted(BITS)), asic_flow(powered_library())
    count = {f"count[{bit}]": (CYCLES >> bit, 0.5) for bit in range(BITS)}
    quiet = (0, 0.0)
    part = {f"{name}[{bit}]": quiet for name in "bc" for bit in range(BITS)} | {"b[0]": (0, 1.0)}
    part |= {f"a[{bit}]": count[f"count[{bit}]"] for bit in range(BITS)}
    by_heart = {"": {**count, "rst": quiet}, "part": part}
    seen, known = (
        report_power(rtlil, flow, Recording(nets, CYCLES, 0), clock_mhz=100)
        for nets in (read_saif(recording).nets, by_heart)
    )
    assert seen.power == pytest.approx(known.power, rel=0.05)


def test_names_that_say_nothing_more_are_not_counted():
    lines = [
        *(
            "module Top (",
            "  wire [3:0] \\pair.value ;",
            "  wire \\$12 ;",
            "  reg [3:0] count = 4'h0;",
        ),
        *("  reg \\$7  = 1'h0;", "  wire \\part$3 ;", "  assign \\$12  = count[0];", "endmodule"),
    ]
    numbers = [
        line.split()[-1] for line in _control("\n".join(lines), "Top", True).splitlines()[2:-1]
    ]
    assert numbers == ["2", "3", "5"]
    assert "tracing_off" not in _control("\n".join(lines), "Top", False)
