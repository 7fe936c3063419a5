import pytest

from tests.hw.pe.configs import CONFIGS
from tests.hw.pe.fed_element import FedElement
from tests.support.runner import run_testbench

ROWS = 40  # room for several work-items in each bank
CASES = [("icarus", config) for config in CONFIGS] + [("verilator", CONFIGS[0])]
IDS = [f"{simulator}-{config.name}" for simulator, config in CASES]


@pytest.mark.rtl
@pytest.mark.parametrize(("simulator", "config"), CASES, ids=IDS)
def test_equals_dot_products(simulator, config, tmp_path):
    roomy = config.with_overrides(resident_ram_bytes=ROWS * config.pes * config.row_pair_bits // 8)
    run_testbench(
        FedElement(roomy),
        "tests.hw.pe.processing_element_tb",
        parameters=roomy.to_dict(),
        simulator=simulator,
        folder=tmp_path,
    )
