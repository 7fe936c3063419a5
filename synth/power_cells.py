"""What the cells of a Liberty file take: energies, leakage, loads and slopes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.synth.liberty import Library, cell_bodies
from grus.synth.liberty_groups import Group, parse_groups, parse_header
from grus.synth.logic_function import truth_table
from grus.synth.power_tables import Table, Templates, read_table, templates_of

__all__ = ["Arc", "PowerCell", "PowerLibrary", "power_library", "require_power"]

_NEEDS = ("internal_power", "cell_leakage_power", "nom_voltage", "capacitive_load_unit")
_PREFIXES = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0}
_UNIT = re.compile(r"([\d.]*)\s*([fpnum]?)[fFvVwW]?$")


class Arc(NamedTuple):
    """What happens at a pin, for some states of the cell.

    Attributes
    ----------
    related : str
        The input that causes it.
    when : ndarray of bool, shape (states,)
        In which states.
    rise, fall : Table
        Energies [energy unit], or slopes [time unit].
    """

    related: str
    when: NDArray[np.bool_]
    rise: Table
    fall: Table


class PowerCell(NamedTuple):
    """One cell. Its states are the values of its inputs, the first one slowest.

    Attributes
    ----------
    inputs : tuple of str
        Input pins; of a flip-flop an empty text at the end, for the bit that it holds.
    functions : dict of str to ndarray of bool, shape (states,)
        Values of the outputs.
    clock, data : str
        Pins of a flip-flop; empty texts for a gate.
    loads : dict of str to float
        Capacitances of inputs [capacitance unit].
    energies, slopes : dict of str to list of Arc
        By the pin that changes.
    leakage : list of tuple of ndarray of bool and float
        States, and what leaks in them [leakage unit].
    leakage_otherwise : float
        In states that are not among them.
    """

    inputs: tuple[str, ...]
    functions: dict[str, NDArray[np.bool_]]
    clock: str
    data: str
    loads: dict[str, float]
    energies: dict[str, list[Arc]]
    slopes: dict[str, list[Arc]]
    leakage: list[tuple[NDArray[np.bool_], float]]
    leakage_otherwise: float


class PowerLibrary(NamedTuple):
    """Cells and their units.

    Attributes
    ----------
    cells : dict of str to PowerCell
        Those that were asked for.
    voltage : float
        Supply [voltage unit].
    farad, volt, watt : float
        The units of capacitance [F], voltage [V] and leakage [W]. That of energy is the first times
        the square of the second [J].
    """

    cells: dict[str, PowerCell]
    voltage: float
    farad: float
    volt: float
    watt: float


def require_power(library: Library) -> None:
    """Refuse to go on with a library that says nothing of power.

    Raises
    ------
    ValueError
        If something is missing.
    """
    for need in _NEEDS:
        if not re.search(rf"\b{need}\b", library.text):
            raise ValueError(
                f"liberty must have {need} to report power, and {library.name} has none: "
                "name another file"
            )


def power_library(library: Library, kinds: Collection[str]) -> PowerLibrary:
    """Read the cells of some kinds.

    Raises
    ------
    ValueError
        If an output of one has no function, or as in :func:`require_power`.
    """
    require_power(library)
    bodies = dict(cell_bodies(library.text, library.name))
    about = parse_header(library.text)
    templates = templates_of(about)
    number, unit = about.attributes["capacitive_load_unit"]
    cells = {kind: _cell(kind, parse_groups(bodies[kind]), templates) for kind in sorted(kinds)}
    return PowerLibrary(
        cells=cells,
        voltage=about.numbers("nom_voltage")[0],
        farad=float(number) * _unit(unit.lower()),
        volt=_unit(about.text("voltage_unit") or "1V"),
        watt=_unit(about.text("leakage_power_unit") or "1nW"),
    )


def _unit(text: str) -> float:
    found = _UNIT.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"liberty must have units of F, V and W to report power, not {text}")
    return float(found[1] or 1) * _PREFIXES[found[2]]


def _cell(kind: str, body: Group, templates: Templates) -> PowerCell:
    pins = {pin.arguments[0]: pin for pin in body.of("pin")}
    inputs = tuple(name for name, pin in pins.items() if pin.text("direction") == "input")
    holds = next(body.of("ff"), None)
    variables = inputs if holds is None else (*inputs, "")
    rows = product((0, 1), repeat=len(variables))
    states = [dict(zip(variables, row, strict=True)) for row in rows]
    if holds is not None:
        for state in states:
            held = state[""]
            state.update(zip(holds.arguments, (held, 1 - held), strict=False))
    outputs = {name: pin for name, pin in pins.items() if name not in inputs}
    functions = {name: _states(pin.text("function"), states) for name, pin in outputs.items()}
    for name, values in functions.items():
        if values is None:
            raise ValueError(f"cell {kind} must have a function for {name} to report power")
        for state, value in zip(states, values, strict=True):
            state[name] = int(value)
    return PowerCell(
        inputs=variables,
        functions={name: values for name, values in functions.items() if values is not None},
        clock=_word(holds, "clocked_on"),
        data=_word(holds, "next_state"),
        loads={name: sum(pins[name].numbers("capacitance")) for name in inputs},
        energies={
            name: _arcs(name, pin.of("internal_power"), "power", states, templates)
            for name, pin in pins.items()
        },
        slopes={
            name: _arcs(name, pins[name].of("timing"), "transition", states, templates)
            for name in functions
        },
        leakage=[
            (_always(group.text("when"), states), group.numbers("value")[0])
            for group in body.of("leakage_power")
        ],
        leakage_otherwise=sum(body.numbers("cell_leakage_power")),
    )


def _word(holds: Group | None, attribute: str) -> str:
    found = re.search(r"\w+", holds.text(attribute)) if holds else None
    return found[0] if found else ""


def _states(function: str, states: list[dict[str, int]]) -> NDArray[np.bool_] | None:
    values = truth_table(function, states)
    return np.array(values, dtype=bool) if values else None


def _always(when: str, states: list[dict[str, int]]) -> NDArray[np.bool_]:
    """States of a condition; all of them without one, or where it names what no pin is."""
    found = _states(when, states)
    return np.ones(len(states), dtype=bool) if found is None else found


def _arcs(
    pin: str,
    groups: Iterable[Group],
    what: str,
    states: list[dict[str, int]],
    templates: Templates,
) -> list[Arc]:
    return [
        Arc(
            (group.text("related_pin") or pin).split()[0],
            _always(group.text("when"), states),
            *(
                read_table(next(group.of(f"{edge}_{what}"), next(group.of(what), None)), templates)
                for edge in ("rise", "fall")
            ),
        )
        for group in groups
        if any(inner.kind.endswith(what) for inner in group.groups)
    ]
