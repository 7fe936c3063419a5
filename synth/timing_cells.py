"""How long the cells of a Liberty file take: arcs from inputs to outputs, and set-up times."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from grus.synth.liberty import Library, cell_bodies
from grus.synth.liberty_groups import Group, parse_groups, parse_header
from grus.synth.power_tables import Table, Templates, read_table, templates_of

__all__ = ["FALL", "RISE", "TimedCell", "TimedLibrary", "TimingArc", "timed_library"]

RISE, FALL = 0, 1
_EDGES = ("rise", "fall")
# What the input does when the output rises, and when it falls.
_CAUSES = {
    "positive_unate": ((RISE,), (FALL,)),
    "negative_unate": ((FALL,), (RISE,)),
}
_ANY = ((RISE, FALL), (RISE, FALL))
_CLOCK_EDGE = ((RISE,), (RISE,))
_TIME_UNIT = re.compile(r"([\d.]+)\s*(n|p)s")


class TimingArc(NamedTuple):
    """From an input to an output.

    Attributes
    ----------
    related, output : str
        Pins.
    causes : tuple of tuple of int
        Edges of the input that let the output rise, and fall.
    delays, slopes : tuple of Table
        Of the output's rise and fall, over the slope of the input and the load [time unit].
    """

    related: str
    output: str
    causes: tuple[tuple[int, ...], tuple[int, ...]]
    delays: tuple[Table, Table]
    slopes: tuple[Table, Table]


class TimedCell(NamedTuple):
    """One cell.

    Attributes
    ----------
    inputs, outputs : tuple of str
        Pins.
    clock : str
        Clock pin of a flip-flop; an empty text for a gate.
    loads : dict of str to float
        Capacitances of inputs [capacitance unit].
    arcs : list of TimingArc
        Ways through it.
    set_ups : dict of str to tuple of Table
        Of a flip-flop's inputs, for a rise and a fall, over two slopes [time unit].
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    clock: str
    loads: dict[str, float]
    arcs: list[TimingArc]
    set_ups: dict[str, tuple[Table, Table]]


class TimedLibrary(NamedTuple):
    """Cells and their unit.

    Attributes
    ----------
    cells : dict of str to TimedCell
        Those that were asked for.
    unit_ps : float
        The time unit [ps].
    """

    cells: dict[str, TimedCell]
    unit_ps: float


def timed_library(library: Library, kinds: Collection[str]) -> TimedLibrary:
    """Read cells of some kinds.

    Raises
    ------
    ValueError
        If a table is over more than two variables, or times are not in ns or ps.
    """
    bodies = dict(cell_bodies(library.text, library.name))
    about = parse_header(library.text)
    templates = templates_of(about)
    unit = _TIME_UNIT.fullmatch(about.text("time_unit") or "1ns")
    if unit is None:
        raise ValueError(f"liberty must have times in ns or ps, not {about.text('time_unit')}")
    return TimedLibrary(
        {kind: _cell(parse_groups(bodies[kind]), templates) for kind in sorted(kinds)},
        float(unit[1]) * (1000.0 if unit[2] == "n" else 1.0),
    )


def _cell(body: Group, templates: Templates) -> TimedCell:
    pins = {pin.arguments[0]: pin for pin in body.of("pin")}
    inputs = tuple(name for name, pin in pins.items() if pin.text("direction") == "input")
    outputs = tuple(name for name in pins if name not in inputs)
    holds = next(body.of("ff"), None)
    clock = re.search(r"\w+", holds.text("clocked_on")) if holds else None
    return TimedCell(
        inputs=inputs,
        outputs=outputs,
        clock=clock[0] if clock else "",
        loads={name: sum(pins[name].numbers("capacitance")) for name in inputs},
        arcs=[
            _arc(name, group, templates)
            for name in outputs
            for group in pins[name].of("timing")
            if any(group.of("cell_rise")) or any(group.of("cell_fall"))
        ],
        set_ups={
            name: _tables(group, "{}_constraint", templates)
            for name in inputs
            for group in pins[name].of("timing")
            if group.text("timing_type").startswith("setup")
        },
    )


def _arc(output: str, group: Group, templates: Templates) -> TimingArc:
    clocked = "edge" in group.text("timing_type")
    return TimingArc(
        related=group.text("related_pin").split()[0],
        output=output,
        causes=_CLOCK_EDGE if clocked else _CAUSES.get(group.text("timing_sense"), _ANY),
        delays=_tables(group, "cell_{}", templates),
        slopes=_tables(group, "{}_transition", templates),
    )


def _tables(group: Group, name: str, templates: Templates) -> tuple[Table, Table]:
    rise, fall = (read_table(next(group.of(name.format(edge)), None), templates) for edge in _EDGES)
    return rise, fall
