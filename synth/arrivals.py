"""When each net of a mapped design changes for the last time after a clock edge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from grus.synth.flat_netlist import FlatNetlist
from grus.synth.timing_cells import FALL, RISE, TimedLibrary

__all__ = ["EDGES", "Arrivals"]

Numbers = NDArray[np.float64]
Cells = NDArray[np.intp]
EDGES = (RISE, FALL)
_NEVER = -np.inf


class Arrivals:
    """Latest changes, gate by gate from registers, macros and ports of the top onwards.

    Delays and slopes come from the tables of the Liberty file, over the loads of the pins that a
    net leads to. Each net has its latest rise and its latest fall, and the less steep slope of all.

    Parameters
    ----------
    flat : FlatNetlist
        The design.
    library : TimedLibrary
        Its cells.

    Attributes
    ----------
    at, slopes : ndarray, shape (2, nets)
        When each net rises and falls, and its slope then [time unit]; never is minus infinity.
    loads : ndarray, shape (nets,)
        Capacitance of the pins that each net leads to [capacitance unit].
    kinds : list of str
        Kinds of cells.
    driver_kind, driver_cell : ndarray, shape (nets,)
        Which of `kinds` drives each net, and which cell of it; -1 if none does.

    Raises
    ------
    RuntimeError
        If gates drive themselves.
    """

    def __init__(self, flat: FlatNetlist, library: TimedLibrary) -> None:
        self._flat, self._cells = flat, library.cells
        self.kinds = sorted(flat.cells)
        self.loads = self._find_loads()
        self.at = np.full((2, flat.nets), _NEVER)
        self.slopes = np.full((2, flat.nets), self._steepest())
        self.driver_kind = np.full(flat.nets, -1, dtype=np.int16)
        self.driver_cell = np.zeros(flat.nets, dtype=np.int32)
        for number, kind in enumerate(self.kinds):
            for pin in self.outputs(kind):
                nets = flat.cells[kind][pin]
                self.driver_kind[nets] = number
                self.driver_cell[nets] = np.arange(len(nets))
        self.at[:, self.driver_kind < 0] = 0.0
        self.at[:, [0, 1, -1]] = _NEVER
        clocks = {
            kind: flat.cells[kind][self._cells[kind].clock]
            for kind in self.kinds
            if self._cells[kind].clock
        }
        for nets in clocks.values():
            self.at[:, nets] = 0.0
        for kind, nets in clocks.items():
            self._pass(kind, np.arange(len(nets)))
        for kind, numbers in self._in_order():
            self._pass(kind, numbers)

    def outputs(self, kind: str) -> list[str]:
        """Output pins of a kind of cells that lead somewhere."""
        return [pin for pin in self._cells[kind].outputs if pin in self._flat.cells[kind]]

    def driver(self, net: int) -> tuple[str, int] | None:
        """Kind and number of the cell that drives a net; None if none does."""
        kind = self.driver_kind[net]
        return None if kind < 0 else (self.kinds[kind], int(self.driver_cell[net]))

    def _find_loads(self) -> Numbers:
        loads = np.zeros(self._flat.nets)
        for kind, pins in self._flat.cells.items():
            for pin in self._cells[kind].inputs:
                if pin in pins:
                    np.add.at(loads, pins[pin], self._cells[kind].loads[pin])
        return loads

    def _steepest(self) -> float:
        tables = [t for cell in self._cells.values() for arc in cell.arcs for t in arc.delays]
        return min((float(table.slopes[0]) for table in tables), default=0.0)

    def _pass(self, kind: str, numbers: Cells) -> None:
        """The latest changes of the outputs of some cells of a kind, from those of the inputs."""
        for output in self.outputs(kind):
            nets = self._flat.cells[kind][output][numbers]
            latest = np.full((2, len(nets)), _NEVER)
            slopes = np.zeros((2, len(nets)))
            for arc in self._cells[kind].arcs:
                if arc.output != output:
                    continue
                causes = self._flat.cells[kind][arc.related][numbers]
                for edge in EDGES:
                    for cause in arc.causes[edge]:
                        at = self.slopes[cause, causes], self.loads[nets]
                        reached = self.at[cause, causes] + arc.delays[edge].at(*at)
                        np.maximum(latest[edge], reached, out=latest[edge])
                        there = np.isfinite(reached)
                        slope = np.where(there, arc.slopes[edge].at(*at), 0.0)
                        np.maximum(slopes[edge], slope, out=slopes[edge])
            self.at[:, nets] = latest
            self.slopes[:, nets] = slopes
        self.at[:, -1] = _NEVER

    def _in_order(self) -> Iterator[tuple[str, Cells]]:
        """Gates of a kind that are equally far from registers and ports, the nearest first."""
        gates = [kind for kind in self.kinds if not self._cells[kind].clock]
        inputs = {
            kind: [self._flat.cells[kind][pin] for pin in self._cells[kind].inputs]
            for kind in gates
        }
        level = np.zeros(self._flat.nets, dtype=np.int32)
        depths = {kind: np.zeros(len(nets[0]) if nets else 0, int) for kind, nets in inputs.items()}
        changed, rounds = True, 0
        while changed:
            changed, rounds = False, rounds + 1
            if rounds > self._flat.nets:
                raise RuntimeError("a design must have no gates that drive themselves")
            for kind in gates:
                if not inputs[kind]:
                    continue
                new = np.max([level[nets] for nets in inputs[kind]], axis=0) + 1
                changed |= bool((new != depths[kind]).any())
                depths[kind] = new
                for pin in self.outputs(kind):
                    level[self._flat.cells[kind][pin]] = new
            level[-1] = 0
        sorted_cells = {kind: np.argsort(depth, kind="stable") for kind, depth in depths.items()}
        deepest = max((int(depth.max(initial=0)) for depth in depths.values()), default=0)
        bounds = {
            kind: np.searchsorted(depth[sorted_cells[kind]], np.arange(1, deepest + 2))
            for kind, depth in depths.items()
        }
        for deep in range(deepest):
            for kind in gates:
                begin, end = bounds[kind][deep : deep + 2]
                if begin < end:
                    yield kind, sorted_cells[kind][begin:end]
