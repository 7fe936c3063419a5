import pytest

from grus.hw.control.registers import Registers
from grus.hw.dma.read_engine import ReadEngine
from grus.hw.dma.write_engine import WriteEngine
from grus.hw.presets import CRANE_IS
from grus.sim.simulators import is_available
from tests.hw.dma.configs import CONFIGS
from tests.hw.dma.copier import Copier
from tests.support.lint import complaints

BUILDS = {
    "read": ReadEngine,
    "write": WriteEngine,
    "registers": lambda axi: Registers(CRANE_IS, axi),
    "copier": Copier,
}


@pytest.mark.rtl
@pytest.mark.skipif(not is_available("verilator"), reason="verilator is not installed")
@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("component", BUILDS)
def test_is_clean(component, name, tmp_path):
    assert complaints(BUILDS[component](CONFIGS[name]), tmp_path) == ""
