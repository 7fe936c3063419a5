# amaranth: UnusedElaboratable=no
"""A board: a host on a serial line plays a network on the accelerator."""

import pytest

from grus.hw.board.board_system import BoardSystem
from grus.hw.board.config import BoardConfig
from grus.hw.dma.config import AxiConfig
from tests.hw.board.boards import BIT_CYCLES, CONFIG, SLOTS
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("test", ["refuses_what_is_not_there", "plays_a_network"])
def test_host_on_a_line(test, tmp_path):
    run_testbench(
        BoardSystem(SLOTS, CONFIG),
        "tests.hw.board.board_system_tb",
        folder=tmp_path,
        parameters={"folder": str(tmp_path)},
        tests=test,
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"memory_bytes": 5000}, "memory_bytes must be a multiple of 4096, not 5000"),
        ({"bit_cycles": 3}, r"bit_cycles must be in 4\.\.65535, not 3"),
        ({"axi": AxiConfig(address_bits=40)}, r"axi\.address_bits must be 32, not 40"),
    ],
)
def test_a_board_that_cannot_be_is_an_error(changes, message):
    settings = {"axi": SLOTS.axi, "memory_bytes": 4096, "bit_cycles": BIT_CYCLES}
    with pytest.raises(ValueError, match=f"^{message}$"):
        BoardConfig(**{**settings, **changes})


def test_one_bus():
    other = BoardConfig(axi=AxiConfig(), memory_bytes=4096, bit_cycles=BIT_CYCLES)
    with pytest.raises(ValueError, match=r"^config\.axi must be that of slots, not AxiConfig"):
        BoardSystem(SLOTS, other)
