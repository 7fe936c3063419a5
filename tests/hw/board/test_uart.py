"""The two ends of a serial line."""

import pytest

from grus.hw.board.uart_receiver import UartReceiver
from grus.hw.board.uart_transmitter import UartTransmitter
from tests.support.runner import run_testbench


@pytest.mark.rtl
@pytest.mark.parametrize("bit_cycles", [16, 25])
def test_receiver(bit_cycles, tmp_path):
    run_testbench(
        UartReceiver(bit_cycles),
        "tests.hw.board.uart_receiver_tb",
        folder=tmp_path,
        parameters={"bit_cycles": bit_cycles},
    )


@pytest.mark.rtl
@pytest.mark.parametrize("bit_cycles", [4, 25])
def test_transmitter(bit_cycles, tmp_path):
    run_testbench(
        UartTransmitter(bit_cycles),
        "tests.hw.board.uart_transmitter_tb",
        folder=tmp_path,
        parameters={"bit_cycles": bit_cycles},
    )
