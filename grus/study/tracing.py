"""Plays layers for a trace of their work-items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from grus.sim.cycle.trace_events import LayerTrace
from grus.study.machines import NamedMachine, crane_config_of
from grus.study.workload import Workload

__all__ = ["MOST_ITEMS", "trace_network", "traceable"]

MOST_ITEMS = 500_000  # about 100 MB of JSON, which viewers still show


def traceable(
    machines: Sequence[NamedMachine], workloads: Sequence[Workload], data_bits: int
) -> NamedMachine:
    """The Crane to trace, if a trace is possible.

    Parameters
    ----------
    machines, workloads : sequence
        What is compared.
    data_bits : int
        Width in which a real network is calibrated [bits].

    Raises
    ------
    ValueError
        If there is not one network and one Crane, a layer does not fit it, or work-items are too
        many.
    """
    # Looked up when it is needed, as in grus.study.machines.
    from grus.sim.cycle.trace import count_work_items

    cranes = [machine for machine in machines if crane_config_of(machine) is not None]
    if len(cranes) != 1 or len(workloads) != 1:
        raise ValueError(
            "--trace must have one network and one Crane design, not "
            f"{len(workloads)} and {len(cranes)}"
        )
    (machine,), (workload,) = cranes, workloads
    config: Any = crane_config_of(machine)
    items = sum(count_work_items(layer, config) for layer in workload.layers(data_bits))
    if items > MOST_ITEMS:
        raise ValueError(
            f"--trace must have at most {MOST_ITEMS:,} work-items, not {items:,}: "
            "choose fewer layers with --layer"
        )
    return machine


def trace_network(machine: NamedMachine, workload: Workload, data_bits: int) -> list[LayerTrace]:
    """Play the layers of a workload on a Crane.

    Raises
    ------
    ValueError
        If a layer does not fit.
    """
    from grus.sim.cycle.trace import trace_layer

    config, steal = cast(Any, machine).config, cast(Any, machine).steal
    return [trace_layer(layer, config, steal=steal) for layer in workload.layers(data_bits)]
