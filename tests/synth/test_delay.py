import json

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.synth.area import report_area
from grus.synth.delay import _place
from grus.synth.flow import asic_flow, generic_flow
from grus.synth.paths import LONG, long_paths, multiplier_path
from tests.synth.parts import Box, Counted, Gates
from tests.synth.timed_library import INV_PS, NAND2_PS, timed_library

FLOW = asic_flow(timed_library())


class Chain(wiring.Component):
    """Some bits, each in a register, and the function of all of them in another."""

    def __init__(self, bits):
        self._bits = bits
        super().__init__({"i": In(bits), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        first = Signal(self._bits)
        last = Signal()
        m.d.sync += [first.eq(self.i), last.eq(~first.all())]
        m.d.comb += self.o.eq(last)
        return m


class Read(wiring.Component):
    """A register that gates of a number of bits read."""

    def __init__(self, readers):
        self._readers = readers
        super().__init__({"select": In(1), "i": In(readers), "o": Out(readers)})

    def elaborate(self, platform):
        m = Module()
        select = Signal(reset_less=True)
        m.d.sync += select.eq(self.select)
        m.d.comb += self.o.eq(~(self.i & select.replicate(self._readers)))
        return m


def path_of(component, name=None):
    report = report_area(component, FLOW)
    return report.module(name or report.top).path


def test_a_path_is_the_sum_of_its_gates():
    path = path_of(Gates(1, lambda a, b, c: ~(a & b)))
    assert (path.delay_ps, path.gates) == (NAND2_PS, 1)
    assert path.start in ("a", "b")
    assert path.end == "o"
    path = path_of(Gates(1, lambda a, b, c: a & b))
    assert (path.delay_ps, path.gates) == (NAND2_PS + INV_PS, 2)


@pytest.mark.parametrize(("bits", "levels"), [(2, 1), (4, 2), (8, 3)])
def test_a_longer_chain_is_a_longer_path(bits, levels):
    path = path_of(Chain(bits))
    # A NAND2 and an inverter for each level, and a NAND2 that resets the last register.
    assert path.delay_ps == levels * (NAND2_PS + INV_PS) + NAND2_PS
    assert path.gates == 2 * levels + 1
    assert path.start.startswith("register first[")
    assert path.end in ("register last", "register o")


@pytest.mark.parametrize(("readers", "buffers"), [(4, 0), (64, 5)])
def test_a_register_of_many_readers_gets_buffers(readers, buffers):
    component = Read(readers)
    area_um2 = report_area(component, FLOW).area_ge * FLOW.library.nand2_area
    cells = FLOW.library.cells
    rest_um2 = area_um2 - cells["DFF"].area - readers * cells["NAND2"].area
    # 64 readers at 16 a buffer, and one buffer for those.
    assert rest_um2 >= buffers * cells["BUF"].area
    assert bool(rest_um2) == bool(buffers)


def test_paths_end_at_children():
    path = path_of(Counted(3))
    assert path.start.startswith(("register count", "rst"))
    assert path_of(Counted(3), "Gates").end.startswith("o")


def test_what_has_no_gates_has_no_path():
    report = report_area(Box(Gates(2, lambda a, b, c: ~a)), FLOW)
    assert report.module("Box").path is None
    assert [module.name for module in report.by_delay] == ["Gates"]


def test_our_own_cells_have_no_delays():
    report = report_area(Counted(3), generic_flow())
    assert report.by_delay == ()
    assert report.nand2_um2 is None
    with pytest.raises(ValueError, match=r"^flow must be timed to compare paths, and is not$"):
        multiplier_path(generic_flow())


def test_areas_are_those_of_the_library():
    report = report_area(Gates(4, lambda a, b, c: ~(a & b)), FLOW)
    assert report.library == "timed"
    assert report.nand2_um2 == 2.0
    assert report.area_ge == 4.0
    plain = json.loads(json.dumps(report.to_dict()))
    assert plain["area_um2"] == plain["total_um2"] == 8.0
    assert plain["modules"][0]["area_um2"] == 8.0
    assert plain["blocks"][0]["path"]["delay_ps"] == NAND2_PS


def test_blocks_have_the_longest_path_of_their_modules():
    fast, slow = Gates(1, lambda a, b, c: ~a), Chain(8)
    report = report_area(Box(fast, slow), FLOW)
    (block,) = report.blocks
    assert block.slowest == "Chain"
    assert block.path == report.module("Chain").path == report.by_delay[0].path


def test_long_paths_are_longer_than_one_and_a_half_multipliers():
    report = report_area(Box(Gates(1, lambda a, b, c: ~a), Chain(8)), FLOW)
    chain = report.module("Chain").path
    reference = chain._replace(delay_ps=chain.delay_ps / LONG)
    assert long_paths(report, reference) == ()
    shorter = reference._replace(delay_ps=reference.delay_ps - 0.1)
    assert [module.name for module in long_paths(report, shorter)] == ["Chain"]


def test_a_multiplier_is_much_longer_than_a_gate():
    path = multiplier_path(FLOW)
    assert path.delay_ps > 20 * NAND2_PS
    assert path.start.startswith("register held__payload")
    assert path.end.startswith("register o__payload")


CELLS = r"""
  cell \DFF $one
    connect \C \clk
    connect \D \b [0]
    connect \Q \a [3]
  end
  cell \DFF $two
    connect \C \clk
    connect \D $auto$7 [2]
    connect \Q \b [0]
    connect \QN $auto$9
  end
  cell \DFF $three
    connect \C \clk
    connect \D $auto$8
    connect \Q $auto$71
  end
  cell \Child \part
    connect \i { $auto$77 [1:0] \a }
    connect \o \seen
  end
"""


@pytest.mark.parametrize(
    ("net", "pins", "place"),
    [
        ("\\a [3]", ("Q", "QN"), "register a[3]"),
        ("\\b [0]", ("Q", "QN"), "register b[0]"),
        ("\\b [0]", ("D",), "register a[3]"),
        ("$auto$7 [2]", ("D",), "register b[0]"),
        ("$auto$9", ("Q", "QN"), "register b[0]"),
        ("$auto$8", ("D",), "register without a name"),
        ("$auto$77 [1]", ("D",), "part.i"),
        ("\\seen", ("Q", "QN"), "seen"),
        ("$auto$99", ("D",), "a net without a name"),
    ],
)
def test_places_have_the_names_of_the_rtl(net, pins, place):
    assert _place(net, CELLS, pins) == place
