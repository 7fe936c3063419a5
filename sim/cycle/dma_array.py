"""What the machine asks the array of results that are under way."""

from __future__ import annotations

from grus.compiled import compiled
from grus.sim.cycle.results import take_results
from grus.sim.cycle.stepped import step_before

__all__ = ["taken_by"]


@compiled
def taken_by(engine, half, cycle):
    """Whether all results for a half of the output RAM are taken before a cycle.

    All rounds that begin before it must have been played.
    """
    if engine.exact:
        stepped = engine.stepped
        step_before(
            stepped,
            engine.array,
            engine.work,
            cycle,
            engine.states,
            engine.timeline,
            engine.length,
        )
        return stepped.untaken[half] == 0 and stepped.taken[half] < cycle
    results, pes = engine.results, engine.array.group_pes
    mask = results.ready.shape[1] - 1
    for group in range(engine.array.pes // pes):
        first, stop = group * pes, (group + 1) * pes
        take_results(results, group, first, stop, cycle - 1)
        for pe in range(first, stop):
            for place in range(results.head[pe], results.tail[pe]):
                if results.half[pe, place & mask] == half:
                    return False
    return results.last[half] < cycle
