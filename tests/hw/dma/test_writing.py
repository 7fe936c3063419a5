"""The whole way of results: tensor writer, write engine, cocotbext-axi's memory."""

import pytest

from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import CRANE_IS
from grus.sim.simulators import is_available
from tests.hw.dma.machines import CASES
from tests.hw.dma.slots import to_parameters
from tests.hw.dma.writing import Writing
from tests.support.lint import complaints
from tests.support.runner import run_testbench

WIDE = SlotFormat(config=CRANE_IS, axi=AxiConfig(data_bits=512, address_bits=40))


@pytest.mark.rtl
@pytest.mark.parametrize("name", CASES)
def test_reaches_memory(name, tmp_path):
    run_testbench(
        Writing(CASES[name]),
        "tests.hw.dma.writing_tb",
        parameters=to_parameters(CASES[name]),
        folder=tmp_path,
    )


@pytest.mark.rtl
@pytest.mark.skipif(not is_available("verilator"), reason="verilator is not installed")
@pytest.mark.parametrize("slots", [*CASES.values(), WIDE], ids=[*CASES, "wide"])
def test_is_clean(slots, tmp_path):
    assert complaints(Writing(slots), tmp_path) == ""
