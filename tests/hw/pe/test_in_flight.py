import pytest

from grus.hw.pe.in_flight import InFlight
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("capacity", [1, 4, 7])
def test_equals_two_counters(capacity, tmp_path):
    run_testbench(
        InFlight(capacity),
        "tests.hw.pe.in_flight_tb",
        parameters={"capacity": capacity},
        folder=tmp_path,
    )
