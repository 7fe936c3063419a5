# amaranth: UnusedElaboratable=no
import pytest

from grus.hw.dma.slot_unpacker import SlotUnpacker
from tests.hw.dma.slots import CASES, to_parameters
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize(("name", "more"), [*zip(CASES, (0, 1, 1, 0, 1), strict=True)])
def test_gives_the_slots_that_matter(name, more, tmp_path):
    slots = CASES[name]
    lanes = slots.config.stream_pairs + more
    run_testbench(
        SlotUnpacker(slots, lanes),
        "tests.hw.dma.slot_unpacker_tb",
        parameters={**to_parameters(slots), "lanes": lanes},
        folder=tmp_path,
    )


def test_rejects_no_lanes():
    with pytest.raises(ValueError, match=r"^lanes must be at least 1, not 0$"):
        SlotUnpacker(CASES["crane-is-tiny-2-64"], 0)
