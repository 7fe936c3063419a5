import pytest

from grus.hw.memory.ping_pong import PingPong
from tests.support.runner import run_testbench


@pytest.mark.rtl
def test_keeps_producer_and_consumer_apart(tmp_path):
    run_testbench(PingPong(), "tests.hw.memory.ping_pong_tb", folder=tmp_path)
