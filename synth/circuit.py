"""A mapped module whose nets change: how often, how steeply, and what that takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.synth.netlist import Netlist
from grus.synth.power_cells import Arc, PowerCell, PowerLibrary
from grus.synth.rates import CellsOfKind, Rates, pass_gates, pass_registers, state_chances

__all__ = ["Circuit", "Energies"]

Numbers = NDArray[np.float64]
_ROUNDS = 16  # through registers that are not known; those that hold their bit settle slowly
_SETTLED = 1e-4


class Energies(NamedTuple):
    """What a module takes in a cycle.

    Attributes
    ----------
    clock : float
        Clock pins, and their loads [energy unit].
    internal : float
        The other pins, inside of cells [energy unit].
    switching : float
        Loads of nets [energy unit].
    leakage : float
        At any time [leakage unit].
    switching_seen : float
        Part of `switching` of nets that were seen [energy unit].
    nets, nets_seen : int
        Nets with loads, without clocks, and those of them that were seen.
    """

    clock: float
    internal: float
    switching: float
    leakage: float
    switching_seen: float
    nets: int
    nets_seen: int


class Circuit:
    """A module without the insides of its children.

    Parameters
    ----------
    netlist : Netlist
        The module.
    library : PowerLibrary
        Has all of its cells.

    Raises
    ------
    RuntimeError
        If gates drive themselves.
    """

    def __init__(self, netlist: Netlist, library: PowerLibrary) -> None:
        self._library, self._nets = library, netlist.nets
        self._gates: list[CellsOfKind] = []
        self._registers: list[CellsOfKind] = []
        for name, pins in netlist.cells.items():
            cell = library.cells[name]
            kind = CellsOfKind(
                cell,
                np.array([pins[pin] for pin in cell.inputs if pin], dtype=np.intp).T,
                {pin: np.array(pins[pin], dtype=np.intp) for pin in cell.functions if pin in pins},
            )
            (self._registers if cell.clock else self._gates).append(kind)
        self._steps = list(self._in_order())
        self._loads = self._find_loads()
        self._slopes = self._find_slopes()

    def settle(self, seen: Rates) -> Rates:
        """Work out what gates and registers do that were not seen.

        Notes
        -----
        Source: project decision D-062.
        """
        rates = seen.copy()
        for kind in self._registers:
            clock = kind.inputs[:, kind.cell.inputs.index(kind.cell.clock)]
            rates.high[clock], rates.toggles[clock], rates.known[clock] = 0.5, 2.0, True
        for _ in range(_ROUNDS):
            for kind, cells in self._steps:
                pass_gates(kind, cells, rates)
            if pass_registers(self._registers, rates) < _SETTLED:
                break
        return rates

    def check(self, seen: Rates) -> tuple[float, float]:
        """Changes of gates' outputs that were seen, weighted with loads: worked out, and seen."""
        driven = np.zeros(self._nets, dtype=bool)
        for kind in self._gates:
            for nets in kind.outputs.values():
                driven[nets] = True
        driven[-1] = False
        worked_out = self.settle(seen._replace(known=seen.known & ~driven))
        weights = np.where(driven & seen.known, self._loads, 0.0)
        return float(weights @ worked_out.toggles), float(weights @ seen.toggles)

    def energies(self, rates: Rates) -> Energies:
        """What it takes, at the rates of all nets."""
        clock = internal = leakage = 0.0
        for kind in (*self._gates, *self._registers):
            states = state_chances(kind, rates)
            leakage += _leakage(kind.cell, states)
            pins = {pin: kind.inputs[:, at] for at, pin in enumerate(kind.cell.inputs) if pin}
            for pin, nets in {**pins, **kind.outputs}.items():
                energy = self._energy(kind, pin, states, rates) * rates.toggles[nets]
                if pin == kind.cell.clock:
                    clock += energy.sum()
                else:
                    internal += energy.sum()
        clocks = rates.toggles > 1.0
        charges = self._loads * rates.toggles * self._library.voltage**2 / 2
        loaded = ~clocks & (self._loads > 0)
        return Energies(
            clock=float(clock + charges[clocks].sum()),
            internal=float(internal),
            switching=float(charges[~clocks].sum()),
            leakage=float(leakage),
            switching_seen=float(charges[~clocks & rates.known].sum()),
            nets=int(loaded.sum()),
            nets_seen=int((loaded & rates.known).sum()),
        )

    def _in_order(self) -> Iterator[tuple[CellsOfKind, NDArray[np.intp]]]:
        """Gates of one kind that are equally far from registers and ports, the nearest first."""
        level = np.zeros(self._nets, dtype=np.intp)
        depths = [np.zeros(len(kind.inputs), dtype=np.intp) for kind in self._gates]
        changed, rounds = True, 0
        while changed:
            changed, rounds = False, rounds + 1
            if rounds > self._nets:
                raise RuntimeError("a module must have no gates that drive themselves")
            for kind, depth in zip(self._gates, depths, strict=True):
                new = level[kind.inputs].max(axis=1, initial=0) + 1
                changed |= bool((new != depth).any())
                depth[:] = new
                for nets in kind.outputs.values():
                    level[nets] = new
            level[-1] = 0
        for deep in range(1, 1 + max((int(d.max(initial=0)) for d in depths), default=0)):
            for kind, depth in zip(self._gates, depths, strict=True):
                cells = np.flatnonzero(depth == deep)
                if len(cells):
                    yield kind, cells

    def _find_loads(self) -> Numbers:
        loads = np.zeros(self._nets)
        for kind in (*self._gates, *self._registers):
            for at, pin in enumerate(filter(None, kind.cell.inputs)):
                np.add.at(loads, kind.inputs[:, at], kind.cell.loads[pin])
        loads[[0, 1, -1]] = 0.0
        return loads

    def _find_slopes(self) -> Numbers:
        """Ports, macros and clocks are as steep as the tables know."""
        kinds = [*self._registers, *self._gates]
        tables = [
            table
            for kind in kinds
            for arcs in kind.cell.slopes.values()
            for arc in arcs
            for table in (arc.rise, arc.fall)
        ]
        steepest = min((table.slopes[0] for table in tables), default=0.0)
        slopes = np.full(self._nets, steepest)
        every = [(kind, np.arange(len(kind.inputs))) for kind in self._registers]
        for kind, cells in (*every, *self._steps):
            for pin, nets in kind.outputs.items():
                found = [
                    self._between(kind, cells, arc, nets[cells], slopes)
                    for arc in kind.cell.slopes[pin]
                ]
                if found:
                    slopes[nets[cells]] = np.max(found, axis=0)
        return slopes

    def _between(
        self,
        kind: CellsOfKind,
        cells: NDArray[np.intp],
        arc: Arc,
        outputs: NDArray[np.intp],
        slopes: Numbers,
    ) -> Numbers:
        """Mean of rise and fall, from the tables of an arc."""
        causes = kind.inputs[cells, kind.cell.inputs.index(arc.related)]
        at = slopes[causes], self._loads[outputs]
        return (arc.rise.at(*at) + arc.fall.at(*at)) / 2

    def _energy(self, kind: CellsOfKind, pin: str, states: Numbers, rates: Rates) -> Numbers:
        """Energy of a change of a pin, shape (cells,): the mean of what may have caused it."""
        arcs = kind.cell.energies.get(pin, [])
        cells = np.arange(len(kind.inputs))
        total, weights, plain = (np.zeros(len(cells)) for _ in range(3))
        outputs = kind.outputs.get(pin, np.full(len(cells), -1))
        for arc in arcs:
            energy = self._between(kind, cells, arc, outputs, self._slopes)
            if pin in kind.cell.inputs or kind.cell.clock:
                # Conditions of an input need not be complete: what they leave out takes nothing.
                weight = states @ arc.when
            else:
                at = kind.cell.inputs.index(arc.related)
                causes = arc.when & _matters(kind.cell.functions[pin], at)
                weight = states @ causes * rates.toggles[kind.inputs[:, at]]
            total, weights, plain = total + weight * energy, weights + weight, plain + energy
        if pin in kind.cell.inputs:
            return total
        unlikely = weights < 1e-12
        return np.where(unlikely, plain / max(len(arcs), 1), total / np.where(unlikely, 1, weights))


def _leakage(cell: PowerCell, states: Numbers) -> float:
    chances = [states @ when for when, _ in cell.leakage]
    known = sum(chance * value for chance, (_, value) in zip(chances, cell.leakage, strict=True))
    rest = np.clip(1 - sum(chances), 0.0, 1.0) * np.ones(len(states))
    return float(np.sum(known) + np.sum(rest) * cell.leakage_otherwise)


def _matters(function: NDArray[np.bool_], at: int) -> NDArray[np.bool_]:
    """In which states a function changes with one of its inputs."""
    cube = function.reshape(2**at, 2, -1)
    differs = cube[:, :1] ^ cube[:, 1:]
    return np.broadcast_to(differs, cube.shape).reshape(-1)
