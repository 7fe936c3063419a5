import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from grus.synth.area import report_area
from grus.synth.design_path import find_design_path
from grus.synth.flow import asic_flow
from grus.synth.netlist import Netlist, Part
from tests.synth.timed_library import FLIP_FLOP_PS, INV_PS, SET_UP_PS, timed_library

LIBRARY = timed_library()
FLOW = asic_flow(LIBRARY)


class Inverter(wiring.Component):
    """A gate between its ports."""

    def __init__(self):
        super().__init__({"i": In(1), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(~self.i)
        return m


class Passing(wiring.Component):
    """No gate between its ports."""

    def __init__(self):
        super().__init__({"i": In(1), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(self.i)
        return m


class Row(wiring.Component):
    """Two registers, and components between them."""

    def __init__(self, parts):
        self._parts = parts
        super().__init__({"i": In(1), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        first = Signal(reset_less=True)
        last = Signal(reset_less=True)
        way = first
        for index, part in enumerate(self._parts):
            m.submodules[f"part_{index}"] = part
            m.d.comb += part.i.eq(way)
            way = part.o
        m.d.sync += [first.eq(self.i), last.eq(way)]
        m.d.comb += self.o.eq(last)
        return m


@pytest.mark.parametrize("parts", ["II", "IPI", "PP", "IIIII"])
def test_a_path_leads_through_modules(parts):
    path = report_area(Row([{"I": Inverter, "P": Passing}[kind]() for kind in parts]), FLOW).path
    gates = parts.count("I")
    assert path.delay_ps == pytest.approx(FLIP_FLOP_PS + gates * INV_PS + SET_UP_PS)
    assert path.gates == gates
    assert (path.start, path.end) == ("first", "last")
    places = [f"part_{index}" for index, kind in enumerate(parts) if kind == "I"]
    assert [leg.place for leg in path.legs] == ["", *places]
    assert path.legs[0].delay_ps == pytest.approx(FLIP_FLOP_PS)


def test_instances_of_a_module_have_paths_of_their_own():
    row = Row([Row([Inverter()] * 1) if index == 1 else Inverter() for index in range(4)])
    path = report_area(row, FLOW).path
    assert path.gates == 2
    assert path.start == "part_1.last"
    assert path.end == "last"


def square(value):
    """As the library has it for a delay that depends on nothing."""
    return ", ".join([f'"{value}, {value}, {value}"'] * 3)


def cells_of(**pins):
    return {pin: list(nets) for pin, nets in pins.items()}


def test_gates_that_drive_themselves_are_refused():
    ring = Netlist(4, {"INV": cells_of(A=[2], Y=[2])}, [], {})
    with pytest.raises(RuntimeError, match=r"^a design must have no gates that drive themselves$"):
        find_design_path({"ring": ring}, "ring", LIBRARY)


def test_a_design_without_gates_has_no_path():
    empty = Netlist(3, {}, [], {"a": [2]})
    assert find_design_path({"empty": empty}, "empty", LIBRARY) is None


def inverters(ways):
    """Inverters from net to net; the first net is `i`, the last one `o`."""
    inside = {"INV": cells_of(A=[a for a, _ in ways], Y=[y for _, y in ways])}
    last = max(y for _, y in ways)
    return {"top": Netlist(last + 2, inside, [], {"i": [2], "o": [last]})}


def test_of_inverters_every_second_one_rises():
    later_ps = 7.0
    text = LIBRARY.text.replace(
        "cell_rise (three) { values (" + square(INV_PS),
        "cell_rise (three) { values (" + square(INV_PS + later_ps),
    )
    library = LIBRARY._replace(text=text)
    path = find_design_path(inverters([(2, 3), (3, 4), (4, 5)]), "top", library)
    assert path.delay_ps == pytest.approx(3 * INV_PS + 2 * later_ps)
    assert (path.start, path.end, path.gates) == ("i", "o", 3)


def test_delays_are_over_the_pins_that_a_net_leads_to():
    steep = f'"{INV_PS}, {INV_PS}, {INV_PS + 999}"'  # at loads of 0.1, 1 and 1000
    library = LIBRARY._replace(text=LIBRARY.text.replace(square(INV_PS), ", ".join([steep] * 3)))
    ways = [(2, 3), (3, 4), (3, 5), (3, 6)]
    path = find_design_path(inverters(ways), "top", library)
    assert path.delay_ps == pytest.approx(INV_PS + 2 + INV_PS)


def test_a_path_ends_at_a_macro():
    inside = {"INV": cells_of(A=[2], Y=[3])}
    memory = Part("words", "", {"WR_DATA": [3], "RD_DATA": [2]})
    path = find_design_path({"top": Netlist(5, inside, [memory], {})}, "top", LIBRARY)
    assert path.delay_ps == pytest.approx(INV_PS)
    assert path.end == "WR_DATA of a memory"
