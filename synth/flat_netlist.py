"""The netlist of a whole design, all instances of its modules side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.synth.netlist import Netlist

__all__ = ["FlatNetlist", "Place", "flatten"]

Nets = NDArray[np.int32]
_OPEN = -1


class Place(NamedTuple):
    """One instance.

    Attributes
    ----------
    name : str
        Names of the instances on the way to it, joined by dots; the top is an empty text.
    module : str
        Its module.
    nets : ndarray, shape (nets,)
        What the nets of the module are in the design.
    """

    name: str
    module: str
    nets: Nets


class FlatNetlist(NamedTuple):
    """Nets are numbers below `nets`: 0 and 1 are the constants, the last one leads nowhere.

    Attributes
    ----------
    nets : int
        Number of nets.
    cells : dict of str to dict of str to ndarray
        Net of each pin of all cells of a kind, by kind and pin.
    owners : dict of str to ndarray
        For each kind the number of the first cell of each place, in the order of `places`.
    places : list of Place
        Instances, parents before children.
    macros : dict of str to ndarray
        Nets of all pins of all macros, by pin.
    ports : dict of str to ndarray
        Nets that have a name at the top, by name.
    """

    nets: int
    cells: dict[str, dict[str, Nets]]
    owners: dict[str, NDArray[np.intp]]
    places: list[Place]
    macros: dict[str, Nets]
    ports: dict[str, Nets]


def flatten(netlists: Mapping[str, Netlist], top: str) -> FlatNetlist:
    """Put the netlists of all instances of a design side by side.

    Parameters
    ----------
    netlists : mapping of str to Netlist
        Its modules by name.
    top : str
        The one that all are in.
    """
    arrays = {
        name: {
            kind: {pin: np.array(nets, dtype=np.int32) for pin, nets in pins.items()}
            for kind, pins in netlist.cells.items()
        }
        for name, netlist in netlists.items()
    }
    places, same, nets = _place(netlists, top)
    joined = _join(nets + 1, same)
    for index, place in enumerate(places):
        places[index] = place._replace(nets=joined[place.nets])
    kinds = sorted({kind for place in places for kind in arrays[place.module]})
    cells, owners = {}, {}
    for kind in kinds:
        inside = [(place, arrays[place.module].get(kind, {})) for place in places]
        counts = [len(next(iter(pins.values()), ())) for _, pins in inside]
        owners[kind] = np.concatenate(([0], np.cumsum(counts)))
        names = next(list(pins) for _, pins in inside if pins)
        cells[kind] = {
            pin: np.concatenate([place.nets[pins[pin]] for place, pins in inside if pins])
            for pin in names
        }
    macros: dict[str, list[Nets]] = {}
    for place in places:
        for part in netlists[place.module].parts:
            if not part.kind:
                for pin, bits in part.pins.items():
                    macros.setdefault(pin, []).append(place.nets[np.array(bits, dtype=np.int32)])
    names_at_top = netlists[top].names
    return FlatNetlist(
        nets=nets + 1,
        cells=cells,
        owners=owners,
        places=places,
        macros={pin: np.concatenate(found) for pin, found in macros.items()},
        ports={name: places[0].nets[np.array(bits, int)] for name, bits in names_at_top.items()},
    )


def _place(netlists: Mapping[str, Netlist], top: str) -> tuple[list[Place], list[Nets], int]:
    """Instances with numbers for their nets; pairs of numbers of the same net; how many there are.

    A port of a child has the number of the parent's net. A net of the child that leads to several
    of its ports has a number of each.
    """
    places: list[Place] = []
    same: list[Nets] = []
    nets = 2
    waiting: list[tuple[str, str, dict[str, Nets]]] = [("", top, {})]
    for name, module, ports in waiting:
        netlist = netlists[module]
        numbers = np.full(netlist.nets, _OPEN, dtype=np.int32)
        numbers[:2] = 0, 1
        for port, outside in ports.items():
            inside = np.array(netlist.names[port], dtype=np.int32)
            known = (numbers[inside] != _OPEN) & (inside != _OPEN) & (outside != _OPEN)
            same.append(np.stack((numbers[inside[known]], outside[known])))
            numbers[inside[~known]] = outside[~known]
            repeated = numbers[inside] != outside
            same.append(np.stack((numbers[inside[repeated]], outside[repeated])))
        new = np.flatnonzero(numbers[:-1] == _OPEN)
        numbers[new] = np.arange(nets, nets + len(new))
        numbers[-1] = _OPEN
        nets += len(new)
        places.append(Place(name, module, numbers))
        for part in netlist.parts:
            if part.kind:
                inner = f"{name}.{part.name}" if name else part.name
                pins = {pin: numbers[np.array(bits, int)] for pin, bits in part.pins.items()}
                waiting.append((inner, part.kind, pins))
    return places, same, nets


def _join(nets: int, same: list[Nets]) -> Nets:
    """The lowest number of each net."""
    lowest = np.arange(nets, dtype=np.int32)
    pairs = np.concatenate(same, axis=1) if same else np.zeros((2, 0), dtype=np.int32)
    pairs = pairs[:, (pairs != _OPEN).all(axis=0)]
    changed = True
    while changed:
        before = lowest.copy()
        least = np.minimum(lowest[pairs[0]], lowest[pairs[1]])
        np.minimum.at(lowest, pairs[0], least)
        np.minimum.at(lowest, pairs[1], least)
        lowest = lowest[lowest]
        changed = bool((lowest != before).any())
    lowest[-1] = nets - 1
    return lowest
