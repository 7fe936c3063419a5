"""How far a run is, by the work that its layers are expected to be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from grus.api.compiling import Compiled
from grus.compiler.accelerator import Launch
from grus.compiler.work import expected_cycles

__all__ = ["Progress", "WorkDone"]

# Is told what is under way, and the share of the work that is done, 0 to 1.
Progress = Callable[[str, float], None]


class WorkDone:
    """Adds up expected cycles, layer by layer.

    Parameters
    ----------
    compiled : Compiled
        The network.
    launches : sequence of Launch
        Layers that will run.
    tell : callable
        What to tell.
    """

    def __init__(self, compiled: Compiled, launches: Sequence[Launch], tell: Progress):
        self._tell = tell
        self._expected: dict[str, float] = {}
        for launch in launches:
            geometry, inputs = launch.plan.geometry, compiled.tensors[launch.step.source]
            self._expected[launch.step.target] = expected_cycles(
                launch.step.layer,
                (geometry.channels, geometry.rows, geometry.columns),
                compiled.design,
                float(np.count_nonzero(inputs)) / max(inputs.size, 1),
            )
        self._names = {launch.step.layer.name: launch.step.target for launch in launches}
        self._all = max(float(sum(self._expected.values())), 1.0)
        self._done = 0.0

    def watch(self, name: str, cycles: int) -> None:
        """Tell how far the layer at hand, or a launch of several, is."""
        left = self._all - self._done
        here = self._expected[self._names[name]] if name in self._names else left
        self._tell(name, (self._done + min(cycles, here)) / self._all)

    def finish(self, name: str, targets: Iterable[str]) -> None:
        """Tell that these tensors are complete."""
        self._done += sum(self._expected.get(target, 0.0) for target in targets)
        self._tell(name, self._done / self._all)
