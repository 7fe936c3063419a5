"""Tables of a Liberty file over the slope of an input and the load of an output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.synth.liberty_groups import Group

__all__ = ["Table", "Templates", "read_table", "templates_of"]

Values = NDArray[np.float64]
# Variables of each template, in the order of its indices, and its indices.
Templates = Mapping[str, tuple[tuple[str, ...], tuple[list[float], ...]]]

_AXES = ("1", "2", "3")
_LOADS = ("total_output_net_capacitance",)


class Table(NamedTuple):
    """Values over slope and load.

    Attributes
    ----------
    slopes : ndarray, shape (slopes,)
        Slopes of the input [time unit].
    loads : ndarray, shape (loads,)
        Loads of the output [capacitance unit].
    values : ndarray, shape (slopes, loads)
        Values.
    """

    slopes: Values
    loads: Values
    values: Values

    def at(self, slopes: Values, loads: Values) -> Values:
        """Values between those of the table; outside of it the nearest ones."""
        row, down = _between(self.slopes, slopes)
        column, right = _between(self.loads, loads)
        below = np.minimum(row + 1, len(self.slopes) - 1)
        beside = np.minimum(column + 1, len(self.loads) - 1)
        values = self.values
        upper = values[row, column] * (1 - right) + values[row, beside] * right
        lower = values[below, column] * (1 - right) + values[below, beside] * right
        return upper * (1 - down) + lower * down


def templates_of(library: Group) -> Templates:
    """Templates of the tables of a library, by name."""
    kinds = ("lu_table_template", "power_lut_template")
    return {
        group.arguments[0]: (
            tuple(group.text(f"variable_{n}") for n in _AXES if group.text(f"variable_{n}")),
            tuple(group.numbers(f"index_{n}") for n in _AXES),
        )
        for group in library.groups
        if group.kind in kinds
    }


def read_table(group: Group | None, templates: Templates) -> Table:
    """Read a table; a table that is not there is 0 everywhere.

    Raises
    ------
    ValueError
        If it is over more than a slope and a load.
    """
    if group is None:
        return Table(np.zeros(1), np.zeros(1), np.zeros((1, 1)))
    usual: tuple[tuple[str, ...], tuple[list[float], ...]] = (("", *_LOADS), ([], [], []))
    variables, usual_axes = templates.get(group.arguments[0], usual)
    found = [group.numbers(f"index_{n}") or usual_axes[int(n) - 1] for n in _AXES]
    axes = [np.array(axis) for axis in found if axis]
    values = np.array(group.numbers("values"))
    if len(axes) > 2 or values.size != np.prod([len(axis) for axis in axes], dtype=int):
        raise ValueError(
            f"table {group.arguments[0]} must be over a slope and a load to report power"
        )
    values = values.reshape([len(axis) for axis in axes] or [1, 1])
    if not axes:
        return Table(np.zeros(1), np.zeros(1), values)
    if len(axes) == 1:
        over_load = variables[:1] == _LOADS
        none = np.zeros(1)
        return (
            Table(none, axes[0], values[None, :])
            if over_load
            else Table(axes[0], none, values[:, None])
        )
    first, second = axes
    slope_first = variables[0] not in _LOADS
    return Table(first, second, values) if slope_first else Table(second, first, values.T)


def _between(axis: Values, at: Values) -> tuple[NDArray[np.intp], Values]:
    """The entry before each value, and how far it is to the next one, 0 to 1."""
    if len(axis) == 1:
        return np.zeros(len(at), dtype=np.intp), np.zeros(len(at))
    place = np.clip(np.searchsorted(axis, at) - 1, 0, len(axis) - 2)
    return place, np.clip((at - axis[place]) / (axis[place + 1] - axis[place]), 0.0, 1.0)
