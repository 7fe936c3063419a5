import pytest

from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.dma.slot_packer import SlotPacker
from grus.hw.presets import SMALL
from tests.hw.dma.machines import CASES
from tests.hw.dma.slots import to_parameters
from tests.support.runner import run_testbench


def check(slots, lanes, folder):
    run_testbench(
        SlotPacker(slots, lanes),
        "tests.hw.dma.slot_packer_tb",
        parameters={**to_parameters(slots), "lanes": lanes},
        folder=folder,
    )


@pytest.mark.rtl
@pytest.mark.parametrize("name", CASES)
def test_packs_runs(name, tmp_path):
    check(CASES[name], CASES[name].config.pes, tmp_path)


@pytest.mark.rtl
def test_packs_more_than_a_word_at_once(tmp_path):
    check(SlotFormat(config=SMALL, axi=AxiConfig(data_bits=64)), 9, tmp_path)
