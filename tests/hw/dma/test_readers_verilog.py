import pytest

from grus.hw.dma.bias_reader import BiasReader
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.read_arbiter import ReadArbiter
from grus.hw.dma.resident_reader import ResidentReader
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.dma.tensor_reader import TensorReader
from grus.hw.presets import CRANE_IS
from grus.sim.simulators import is_available
from tests.hw.dma.slots import CASES
from tests.support.lint import complaints

FORMATS = {**CASES, "crane-is-512": SlotFormat(config=CRANE_IS, axi=AxiConfig(data_bits=512))}
BUILDS = {
    "bias": BiasReader,
    "resident": ResidentReader,
    "tensor": TensorReader,
    "arbiter": lambda slots: ReadArbiter(slots.axi, (128, 16, 16, 40, 5)),
    "one": lambda slots: ReadArbiter(slots.axi, (33,)),
}


@pytest.mark.rtl
@pytest.mark.skipif(not is_available("verilator"), reason="verilator is not installed")
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("component", BUILDS)
def test_is_clean(component, name, tmp_path):
    assert complaints(BUILDS[component](FORMATS[name]), tmp_path) == ""
