"""What a trace of a layer consists of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["LayerTrace", "TraceEvent", "TraceSpan"]


class TraceEvent(NamedTuple):
    """A work-item on a processing element.

    Attributes
    ----------
    pe : int
        Who works on it.
    start, end : int
        First clock cycle in which the element fetches its rows, and the one behind the last.
    bank : int
        Whose bank it comes from: `pe`, unless it is stolen.
    output, row, column : int
        The sum that it adds to: output channel, and place in the map before pooling.
    """

    pe: int
    start: int
    end: int
    bank: int
    output: int
    row: int
    column: int

    @property
    def stolen(self) -> bool:
        """Whether it is stolen."""
        return self.bank != self.pe


class TraceSpan(NamedTuple):
    """What the whole array does for a while.

    Attributes
    ----------
    track : str
        With what it stands in a row: ``rounds`` or ``tiles``.
    name : str
        What it is called.
    start, end : int
        First clock cycle, and the one behind the last.
    """

    track: str
    name: str
    start: int
    end: int


class LayerTrace(NamedTuple):
    """A layer.

    Attributes
    ----------
    name : str
        Its name.
    cycles : int
        Clock cycles of all of it.
    events : sequence of TraceEvent
        Work-items in any order.
    spans : sequence of TraceSpan
        Rounds and tiles.
    """

    name: str
    cycles: int
    events: Sequence[TraceEvent]
    spans: Sequence[TraceSpan] = ()
