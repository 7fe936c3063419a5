"""Plays layers while a bar shows how far it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grus.cli.output import progress
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.steps import LayerStep
from grus.hw.config import CraneConfig
from grus.sim.layer_run import LayerRun, run_layers
from grus.sim.simulators import Build

__all__ = ["play_layers"]


def play_layers(
    network: IntegerNetwork,
    image: NDArray[np.integer],
    steps: Sequence[LayerStep],
    config: CraneConfig,
    design: Build,
    *,
    steal: bool = True,
) -> list[LayerRun]:
    """Play layers as :func:`run_layers` does, with a bar."""
    runs = []
    with progress() as bar:
        task = bar.add_task(network.network.name, total=len(steps))
        played = run_layers(network, image, steps, config, design, steal=steal)
        for step in steps:
            bar.update(task, description=step.layer.name)
            runs.append(next(played))
            bar.advance(task)
    return runs
