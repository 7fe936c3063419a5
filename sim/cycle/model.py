"""Cycle model of one layer on a Crane core."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from grus.compiler.geometry import Geometry
from grus.compiler.layer import Layer
from grus.compiler.tiling import Tiling
from grus.hw.config import CraneConfig
from grus.hw.core.counters import LOSSES, MACHINE_COUNTERS, counter_names
from grus.sim.cycle.core.machine import play_layer
from grus.sim.cycle.rounds.element import FIRST_COUNTER, MACS
from grus.sim.cycle.tables.array import array_of
from grus.sim.cycle.tables.layer import make_tables

__all__ = ["count_cycles", "counters_of"]


def count_cycles(
    layer: Layer,
    inputs: NDArray[np.bool_],
    results: NDArray[np.bool_],
    config: CraneConfig,
    tiling: Tiling,
    *,
    steal: bool = True,
    dense_results: bool = False,
    step_by_step: bool = False,
) -> dict[str, int]:
    """Counters of a core that computes a layer from reset, its streams never late.

    The core is that of a Crane, or of a Cambricon-X, by the kind of `config`.

    Parameters
    ----------
    layer : Layer
        The layer; of its weights only the zeros matter.
    inputs, results : ndarray of bool, shape (channels, rows, columns)
        Where inputs and results are not zero.
    config : CraneConfig
        The design.
    tiling : Tiling
        How the layer is cut.
    steal, dense_results : bool
        As in :func:`compile_layer`.
    step_by_step : bool
        Play a Crane element by element; slower, and the same.

    Returns
    -------
    dict of str to int
        All counters by name, as the RTL has them.
    """
    tables = make_tables(
        Geometry.of(layer, inputs.shape),
        tiling,
        config,
        inputs,
        results,
        steal=steal,
        dense_results=dense_results,
    )
    array = array_of(config)
    one_by_one = step_by_step and not array.dense
    played = play_layer(array, tables.layer, tables.work, one_by_one)
    machine = {name: getattr(played, name) for name in MACHINE_COUNTERS}
    return counters_of(machine, played.states, config)


def counters_of(
    machine: Mapping[str, int], states: NDArray[np.int64], config: CraneConfig
) -> dict[str, int]:
    """All counters by name, from the machine's and the elements' states."""
    counters = dict(machine)
    for pe, state in enumerate(states):
        for place, name in enumerate(("busy", *LOSSES, "macs")):
            counters[f"{name}_{pe}"] = int(state[FIRST_COUNTER + place])
        counters[f"idle_slots_{pe}"] = int(config.multipliers * state[FIRST_COUNTER] - state[MACS])
    assert set(counters) == set(counter_names(config))
    return counters
