"""The longest path of a whole design, through all of its modules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.synth.arrivals import EDGES, Arrivals
from grus.synth.flat_netlist import FlatNetlist, flatten
from grus.synth.liberty import Library
from grus.synth.netlist import Netlist
from grus.synth.power_tables import Table
from grus.synth.timing_cells import TimedLibrary, TimingArc, timed_library

__all__ = ["DesignPath", "Leg", "find_design_path"]

Numbers = NDArray[np.float64]


class Leg(NamedTuple):
    """A part of a path.

    Attributes
    ----------
    place : str
        The instance, by names from the top downwards; the top is an empty text.
    delay_ps : float
        What the gates of the path that are in it take [ps].
    """

    place: str
    delay_ps: float


class DesignPath(NamedTuple):
    """A path between registers, macros and ports of the top.

    Attributes
    ----------
    delay_ps : float
        With the delay and the set-up of flip-flops; without wires, and without the time that a
        macro takes [ps].
    gates : int
        Gates on it.
    start, end : str
        Where it begins and ends, by names of the RTL as far as they have survived.
    legs : tuple of Leg
        Where the time goes, from its start to its end.
    """

    delay_ps: float
    gates: int
    start: str
    end: str
    legs: tuple[Leg, ...]


def find_design_path(
    netlists: Mapping[str, Netlist], top: str, library: Library
) -> DesignPath | None:
    """Find the longest path.

    Parameters
    ----------
    netlists : mapping of str to Netlist
        All modules of the design by name, mapped to cells of the library.
    top : str
        The module that all others are in.
    library : Library
        The cells.

    Returns
    -------
    DesignPath or None
        None if there are no gates.

    Raises
    ------
    RuntimeError
        If gates drive themselves.
    ValueError
        If the library is not as :func:`grus.synth.timing_cells.timed_library` asks.
    """
    flat = flatten(netlists, top)
    if not any(len(owners) and owners[-1] for owners in flat.owners.values()):
        return None
    return _Search(flat, netlists, timed_library(library, flat.cells)).path()


class _Search:
    """The way back from the end that is reached last."""

    def __init__(
        self, flat: FlatNetlist, netlists: Mapping[str, Netlist], library: TimedLibrary
    ) -> None:
        self._flat, self._netlists = flat, netlists
        self._cells, self._unit_ps = library
        self._arrivals = Arrivals(flat, library)

    def path(self) -> DesignPath:
        """From the end that is reached last, back to its start."""
        total, edge, net, end = max(self._ends(), key=lambda found: found[0])
        end = end or self._name(net)
        steps: list[tuple[str, float]] = []
        gates = 0
        while (driver := self._arrivals.driver(net)) is not None:
            kind, number = driver
            arc, cause = self._cause(kind, number, net, edge)
            before = int(self._flat.cells[kind][arc.related][number])
            clocked = bool(self._cells[kind].clock)
            since = 0.0 if clocked else self._arrivals.at[cause, before]
            place = self._flat.places[self._place(kind, number)].name
            steps.append((place, float(self._arrivals.at[edge, net] - since)))
            if clocked:
                break
            gates += 1
            edge, net = cause, before
        steps.reverse()
        legs = tuple(
            Leg(place, self._unit_ps * sum(delay for _, delay in inside))
            for place, inside in groupby(steps, key=lambda step: step[0])
        )
        return DesignPath(self._unit_ps * total, gates, self._name(net), end, legs)

    def _ends(self) -> Iterator[tuple[float, int, int, str]]:
        """Of each kind of end the one that is reached last: when, by which edge of which net."""
        for kind in self._arrivals.kinds:
            for pin, tables in self._cells[kind].set_ups.items():
                nets = self._flat.cells[kind][pin]
                for edge in EDGES:
                    when = self._arrivals.at[edge, nets] + self._set_up(tables[edge], edge, nets)
                    last = int(np.argmax(when))
                    outputs = [
                        self._flat.cells[kind][out][last] for out in self._arrivals.outputs(kind)
                    ]
                    name = next(filter(None, map(self._name, outputs)), "")
                    yield float(when[last]), edge, int(nets[last]), name
        others = (*self._flat.macros.items(), *self._flat.ports.items())
        for name, nets in others:
            driven = nets[self._arrivals.driver_kind[nets] >= 0]
            for edge in EDGES if len(driven) else ():
                last = int(np.argmax(self._arrivals.at[edge, driven]))
                inside = name in self._flat.macros
                yield (
                    float(self._arrivals.at[edge, driven[last]]),
                    edge,
                    int(driven[last]),
                    f"{name} of a memory" if inside else "",
                )

    def _set_up(self, table: Table, edge: int, nets: NDArray[np.int32]) -> Numbers:
        """Over the slope of the data; the clock is as steep as the tables know."""
        slopes = self._arrivals.slopes[edge, nets]
        return table.at(slopes, np.full(len(nets), table.loads[0]))

    def _cause(self, kind: str, number: int, net: int, edge: int) -> tuple[TimingArc, int]:
        """The arc, and the edge of its input, that a net changes by at last."""
        pins = self._flat.cells[kind]
        best: tuple[float, TimingArc, int] | None = None
        for arc in self._cells[kind].arcs:
            if arc.output not in pins or pins[arc.output][number] != net:
                continue
            before = pins[arc.related][[number]]
            for cause in arc.causes[edge]:
                at = self._arrivals.slopes[cause, before], self._arrivals.loads[[net]]
                when = float((self._arrivals.at[cause, before] + arc.delays[edge].at(*at))[0])
                if best is None or when > best[0]:
                    best = (when, arc, cause)
        if best is None:
            raise RuntimeError(f"cell {kind} must have a way to its output, and has none")
        return best[1], best[2]

    def _place(self, kind: str, number: int) -> int:
        """The place of a cell: owners of no cells have the same first one as who follows them."""
        return int(np.searchsorted(self._flat.owners[kind], number, side="right")) - 1

    def _name(self, net: int) -> str:
        """The name of a net where it is driven, or else where it has one, parents first."""
        places = self._flat.places
        driver = self._arrivals.driver(net)
        if driver is not None:
            places = [places[self._place(*driver)], *places]
        for place in places:
            for local in np.flatnonzero(place.nets == net):
                name = _local_name(self._netlists[place.module].names, int(local))
                if name:
                    return f"{place.name}.{name}" if place.name else name
        return ""


def _local_name(names: Mapping[str, Collection[int]], net: int) -> str:
    for name, bits in names.items():
        for bit, there in enumerate(bits):
            if there == net:
                return f"{name}[{bit}]" if len(bits) > 1 else name
    return ""
