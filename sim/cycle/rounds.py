"""One round: every element's own work-items, then those that are stolen."""

from __future__ import annotations

from grus.compiled import compiled
from grus.sim.cycle.element import GATHERED, GRANTED
from grus.sim.cycle.own_items import play_own, settle
from grus.sim.cycle.thefts import NEVER, STEALS, play_thefts
from grus.sim.cycle.work import count_round

__all__ = ["play_round"]


@compiled
def play_round(array, work, this, states, scratch, results, timeline, length):
    """Play a round in all groups.

    Parameters
    ----------
    array, work, this : Array, Work, Round
        The design, the operands, the round.
    states : ndarray of int64, shape (elements, STATE)
        Elements; moved on.
    scratch : Scratch
        Memory.
    results : Results
        Takes the results.
    timeline, length : ndarray of int64
        Why idle elements were idle, up to the round's start.

    Returns
    -------
    tuple of int
        Cycle in which the last work-item is finished, cycle in which the last match is gathered,
        and work-items stolen.
    """
    count_round(work, this, scratch.hits)
    finished = gathered = this.start
    steals = 0
    for group in range(array.pes // array.group_pes):
        first = group * array.group_pes
        stop = first + array.group_pes
        for pe in range(first, stop):
            own = play_own(array, work, this, pe, states[pe], scratch, timeline, length)
            scratch.own[pe] = scratch.kept[pe] = own
            scratch.thief[pe, STEALS] = 0
        stolen, theft = 0, NEVER
        if this.steal:
            stolen, theft = play_thefts(
                array, work, this, group, states, scratch, results, timeline, length
            )
        steals += stolen
        for pe in range(first, stop):
            if not scratch.thief[pe, STEALS]:
                settle(array, this, pe, states[pe], scratch, results, group, theft)
            finished = max(finished, states[pe, GRANTED])
            gathered = max(gathered, states[pe, GATHERED])
    return finished, gathered, steals
