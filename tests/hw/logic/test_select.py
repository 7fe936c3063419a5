import pytest
from amaranth.hdl import Module
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.logic.select import word_at
from tests.support.runner import run_testbench


class WordAt(wiring.Component):
    """The function, with ports."""

    def __init__(self, depth, bits, words):
        super().__init__(
            {
                "vector": In(data.ArrayLayout(bits, depth)),
                "index": In(range(depth)),
                "found": Out(data.ArrayLayout(bits, words)),
            }
        )
        self._bits, self._words = bits, words

    def elaborate(self, platform):
        m = Module()
        found = word_at(
            m,
            self.vector.as_value(),
            self.index,
            bits=self._bits,
            name="offset",
            words=self._words,
        )
        m.d.comb += self.found.eq(found)
        return m


@pytest.mark.rtl
@pytest.mark.parametrize(
    ("depth", "bits", "words"), [(10, 3, 1), (8, 16, 1), (7, 5, 3), (2, 2, 1), (3, 4, 3)]
)
def test_equals_a_slice(depth, bits, words, tmp_path):
    run_testbench(
        WordAt(depth, bits, words),
        "tests.hw.logic.select_tb",
        parameters={"depth": depth, "bits": bits, "words": words},
        folder=tmp_path,
    )
