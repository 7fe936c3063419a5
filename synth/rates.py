"""How often nets change, through gates and registers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.synth.power_cells import PowerCell

__all__ = ["CellsOfKind", "Rates", "pass_gates", "pass_registers", "state_chances"]

Numbers = NDArray[np.float64]
_QUIET = 1e-9


class Rates(NamedTuple):
    """What nets do in a cycle.

    Attributes
    ----------
    high : ndarray, shape (nets,)
        Part of the time that a net is 1, 0 to 1.
    toggles : ndarray, shape (nets,)
        Changes in a cycle, 0 to 1; of a clock 2.
    busy : ndarray, shape (nets,)
        Part of the cycles in which what a net is a bit of changes at all, 0 to 1.
    known : ndarray of bool, shape (nets,)
        Whether they were seen, and not worked out.
    """

    high: Numbers
    toggles: Numbers
    busy: Numbers
    known: NDArray[np.bool_]

    def copy(self) -> Rates:
        """Arrays of its own."""
        return Rates(self.high.copy(), self.toggles.copy(), self.busy.copy(), self.known.copy())


class CellsOfKind(NamedTuple):
    """All cells of one kind: nets of inputs, shape (cells, inputs), and of each output."""

    cell: PowerCell
    inputs: NDArray[np.intp]
    outputs: dict[str, NDArray[np.intp]]


def pass_registers(registers: Iterable[CellsOfKind], rates: Rates) -> float:
    """Let registers follow their inputs; returns how far the furthest has moved."""
    moved = 0.0
    for kind in registers:
        data = kind.inputs[:, kind.cell.inputs.index(kind.cell.data)]
        held, toggles = rates.high[data], rates.toggles[data]
        for pin, nets in kind.outputs.items():  # one that was seen tells of the other
            known, high = rates.known[nets], rates.high[nets]
            held = np.where(known, high if kind.cell.functions[pin][-1] else 1 - high, held)
            toggles = np.where(known, rates.toggles[nets], toggles)
        for pin, nets in kind.outputs.items():
            high = held if kind.cell.functions[pin][-1] else 1 - held
            moved = max(moved, _move(rates, nets, high, toggles, rates.busy[data]))
    return moved


def _move(
    rates: Rates, nets: NDArray[np.intp], high: Numbers, toggles: Numbers, busy: Numbers
) -> float:
    """Set what is not known; returns by how much the furthest has moved."""
    free = ~rates.known[nets] & (nets >= 0)
    nets, high, toggles = nets[free], high[free], toggles[free]
    before = rates.toggles[nets]
    rates.high[nets], rates.busy[nets] = high, busy[free]
    rates.toggles[nets] = np.clip(toggles, 0.0, 2 * np.minimum(high, 1 - high))
    return float(np.abs(rates.toggles[nets] - before).max(initial=0.0))


def pass_gates(kind: CellsOfKind, cells: NDArray[np.intp], rates: Rates) -> None:
    """Chance of both values of an output in two cycles that follow each other.

    Inputs of a gate change in the same cycles, those in which the busiest does; in these they are
    taken to be independent of each other.
    """
    nets = kind.inputs[cells]
    busy = rates.busy[nets].max(axis=1)
    high = rates.high[nets]
    half = rates.toggles[nets] / 2 / np.maximum(busy, _QUIET)[:, None]
    half = np.minimum(half, np.minimum(high, 1 - high))
    chances = _chances(high)
    pairs = np.stack([1 - high - half, half, half, high - half], axis=-1)
    pairs = pairs.reshape(*high.shape, 2, 2)
    for pin, outputs in kind.outputs.items():
        function = kind.cell.functions[pin].astype(float)
        both = np.broadcast_to(function, chances.shape)
        for at in range(nets.shape[1]):
            cube = both.reshape(len(cells), 2**at, 2, -1)
            both = np.einsum("nab,nxbz->nxaz", pairs[:, at], cube)
        stays = both.reshape(len(cells), -1) @ function
        one = chances @ function
        _move(rates, outputs[cells], one, busy * 2 * (one - stays), busy)


def _chances(high: Numbers) -> Numbers:
    """Chance of each state of some independent bits: shape (cells, bits) to (cells, states)."""
    chances = np.ones((len(high), 1))
    for bit in high.T:
        both = np.stack([1 - bit, bit], axis=1)
        chances = (chances[:, :, None] * both[:, None, :]).reshape(len(high), -1)
    return chances


def state_chances(kind: CellsOfKind, rates: Rates) -> Numbers:
    """Chance of each state of a cell; a register takes the bit that it is shown a cycle later."""
    cell = kind.cell
    high = rates.high[kind.inputs]
    if not cell.clock:
        return _chances(high)
    pin, nets = next((pin, nets) for pin, nets in kind.outputs.items())
    held = rates.high[nets] if cell.functions[pin][-1] else 1 - rates.high[nets]
    half = rates.toggles[nets] / 2
    chances = _chances(np.concatenate([high, held[:, None]], axis=1))
    bits = (2,) * len(cell.inputs)
    joint = chances.reshape(-1, *bits)
    at = cell.inputs.index(cell.data) + 1
    others = joint.sum(axis=(at, -1), keepdims=True)
    pair = np.stack([1 - held - half, half, half, held - half], axis=1)
    shape = [len(held), *([1] * len(bits))]
    shape[at] = shape[-1] = 2
    return (others * pair.reshape(shape)).reshape(len(held), -1)
