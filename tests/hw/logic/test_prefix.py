import pytest
from amaranth.hdl import Module
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.logic.prefix import prefix_sums
from tests.support.runner import run_testbench


class PrefixSums(wiring.Component):
    """The function, with ports."""

    def __init__(self, lanes, term_bits, sum_bits):
        super().__init__(
            {
                "terms": In(data.ArrayLayout(term_bits, lanes)),
                "sums": Out(data.ArrayLayout(sum_bits, lanes)),
            }
        )
        self._lanes, self._sum_bits = lanes, sum_bits

    def elaborate(self, platform):
        m = Module()
        terms = [self.terms[lane] for lane in range(self._lanes)]
        sums = prefix_sums(m, terms, name="up_to", bits=self._sum_bits)
        m.d.comb += [self.sums[lane].eq(sums[lane]) for lane in range(self._lanes)]
        return m


@pytest.mark.rtl
@pytest.mark.parametrize(
    ("lanes", "term_bits", "sum_bits"),
    [(1, 3, 3), (6, 2, 5), (13, 4, 6), (16, 1, 5), (5, 6, 4)],
    ids=["one lane", "exact", "cut", "count of marks", "terms wider than sums"],
)
def test_equals_numpy(lanes, term_bits, sum_bits, tmp_path):
    run_testbench(
        PrefixSums(lanes, term_bits, sum_bits),
        "tests.hw.logic.prefix_tb",
        parameters={"lanes": lanes, "term_bits": term_bits, "sum_bits": sum_bits},
        folder=tmp_path,
    )
