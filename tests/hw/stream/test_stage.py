import pytest
from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.stream.stage import add_stage
from tests.support.runner import run_testbench


class Stage(wiring.Component):
    """The function, with ports: each payload leaves one larger."""

    def __init__(self, bits):
        super().__init__({"i": In(stream.Signature(bits)), "o": Out(stream.Signature(bits))})

    def elaborate(self, platform):
        m = Module()
        add_stage(m, i=self.i, o=self.o, payload=self.i.payload + 1)
        return m


@pytest.mark.rtl
def test_is_one_register(tmp_path):
    run_testbench(Stage(8), "tests.hw.stream.stage_tb", parameters={"bits": 8}, folder=tmp_path)
