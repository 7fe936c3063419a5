"""A Liberty file whose cells take energies that can be added up by hand."""

import re

from grus.synth.liberty import parse_liberty
from tests.synth.timed_library import timed_library

# A change of a net, for each pin on it: 1 fF at 2 V [fJ].
LOAD_FJ = 2.0
# A change of an output, inside of the cell [fJ].
INV_FJ, NAND2_FJ, FLIP_FLOP_FJ = 0.5, 1.5, 5.0
# Both edges of a clock, if the bit stays and if it changes [fJ].
QUIET_CLOCK_FJ, BUSY_CLOCK_FJ = 3.0, 2.0
# At any time; a NAND2 with two ones, and otherwise [nW].
INV_NW, NAND2_ONES_NW, NAND2_NW, FLIP_FLOP_NW = 1.0, 6.0, 3.0, 10.0


def powered_library():
    """The cells of :func:`timed_library`, and what they take."""
    text = timed_library().text.replace(
        'time_unit : "1ps";', 'time_unit : "1ps"; nom_voltage : 2.0; leakage_power_unit : "1nW";'
    )
    text = _with_leakage(text, "INV", f"cell_leakage_power : {INV_NW};")
    text = _with_leakage(text, "BUF", "cell_leakage_power : 2.0;")
    text = _with_leakage(
        text,
        "NAND2",
        f'cell_leakage_power : {NAND2_NW};\n    leakage_power () {{ when : "A & B"; '
        f"value : {NAND2_ONES_NW}; }}",
    )
    text = _with_leakage(text, "DFF", f"cell_leakage_power : {FLIP_FLOP_NW};")
    for cell, inputs, energy in (("INV", "A", INV_FJ), ("NAND2", "AB", NAND2_FJ)):
        arcs = "".join(_energies(energy - 0.25, energy + 0.25, related=pin) for pin in inputs)
        text = _in_pin(text, cell, "Y", arcs)
    text = _in_pin(text, "DFF", "Q", _energies(FLIP_FLOP_FJ + 1, FLIP_FLOP_FJ - 1, related="C"))
    clock = _energies(QUIET_CLOCK_FJ, 0, when="!(D ^ Q)") + _energies(
        0, BUSY_CLOCK_FJ, when="D ^ Q"
    )
    return parse_liberty(_in_pin(text, "DFF", "C", clock), "powered")


def _with_leakage(text, cell, leakage):
    return re.sub(rf"(cell \({cell}\) {{\n)", rf"\1    {leakage}\n", text)


def _in_pin(text, cell, pin, content):
    """`content` at the start of a pin."""
    start = text.index(f"cell ({cell})")
    place = text.index("{", text.index(f"pin ({pin})", start)) + 1
    return text[:place] + "\n" + content + text[place:]


def _energies(rise, fall, *, related="", when=""):
    about = (f'related_pin : "{related}"; ' if related else "") + (
        f'when : "{when}"; ' if when else ""
    )
    tables = "".join(
        f'{edge}_power (scalar) {{ values ("{energy}"); }} '
        for edge, energy in (("rise", rise), ("fall", fall))
    )
    return f"      internal_power () {{ {about}{tables}}}\n"
