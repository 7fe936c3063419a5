"""Counts the layers of a workload on several machines, side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from grus.sim.rivals.energy import EnergyTable, energy_of, load_energy
from grus.sim.rivals.machine import LayerCount, total_of
from grus.sim.workloads.sparse_layer import SparseLayer
from grus.study.machines import NamedMachine
from grus.study.workload import Workload

__all__ = ["Comparison", "compare", "count_layer", "figures_of", "losses_of", "speed_up"]

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A workload on several machines.

    Parameters
    ----------
    workload : Workload
        The network.
    counts : mapping of str to sequence of LayerCount
        By machine, in the order in which they were named, the layers in theirs.
    """

    workload: Workload
    counts: Mapping[str, Sequence[LayerCount]]

    @property
    def totals(self) -> dict[str, LayerCount]:
        """All layers together, by machine."""
        return {name: total_of(counts, self.workload.title) for name, counts in self.counts.items()}

    @property
    def layers(self) -> list[dict[str, LayerCount]]:
        """Layer by layer, what each machine counted."""
        return [
            dict(zip(self.counts, together, strict=True))
            for together in zip(*self.counts.values(), strict=True)
        ]

    @property
    def multipliers(self) -> str:
        """A sentence about machines of different size; empty if all have as many multipliers."""
        sizes = {name: total.multipliers for name, total in self.totals.items()}
        if len(set(sizes.values())) < 2:
            return ""
        told = ", ".join(f"{name} {size:,}" for name, size in sizes.items())
        return f"Multipliers differ, and speed-up does not make up for it: {told}."

    def to_dict(self, table: EnergyTable | None = None) -> dict[str, Any]:
        """Plain values for JSON: everything that was counted."""
        table = table or load_energy()
        return {
            "network": self.workload.title,
            "synthetic": self.workload.synthetic,
            "description": self.workload.description,
            "workload": self.workload.to_dict(),
            "total": _figures(self.totals, table),
            "layers": [_figures(layer, table) for layer in self.layers],
        }


def compare(
    workload: Workload,
    machines: Sequence[NamedMachine],
    *,
    data_bits: int = 16,
    workers: int | None = None,
    report: Report = lambda done, total, name: None,
) -> Comparison:
    """Count each layer on each machine, several at a time.

    Parameters
    ----------
    workload : Workload
        The layers.
    machines : sequence of NamedMachine
        With different names.
    data_bits : int
        Width in which a real network is calibrated [bits].
    workers : int, optional
        Threads; as many as there are cores without it. Crane's compiled model lets go of Python's
        lock; the rivals' are compiled for all cores or short.
    report : callable
        Called with what is done, what there is in all, and the name of what was last.

    Raises
    ------
    ValueError
        If a layer does not fit a machine.
    """
    layers = list(workload.layers(data_bits))
    jobs = [(machine, place) for machine in machines for place in range(len(layers))]
    report(0, len(jobs), workload.title)
    for layer in layers:
        _ = layer.effectual_macs  # counted once for all machines, by compiled code on all cores
    # The longest first, so that none of them is left alone at the end.
    jobs.sort(key=lambda job: -layers[job[1]].effectual_macs)
    found: dict[tuple[str, int], LayerCount] = {}
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        futures = {
            pool.submit(count_layer, machine, layers[place]): (machine.name, place)
            for machine, place in jobs
        }
        try:
            for future in as_completed(futures):
                name, place = futures[future]
                found[name, place] = future.result()
                report(len(found), len(jobs), f"{layers[place].name} on {name}")
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
    return Comparison(
        workload=workload,
        counts={
            machine.name: [found[machine.name, place] for place in range(len(layers))]
            for machine in machines
        },
    )


def count_layer(machine: NamedMachine, layer: SparseLayer) -> LayerCount:
    """Count a layer, and say which of both it was if they do not fit.

    Raises
    ------
    ValueError
        If the layer does not fit the machine.
    """
    try:
        return machine.count(layer)
    except ValueError as error:
        raise ValueError(
            f"{machine.name} must fit every layer, and does not fit {layer.name}: {error}"
        ) from error


def speed_up(count: LayerCount, first: LayerCount) -> float | None:
    """How many times faster than the first machine; nothing if there was nothing to do."""
    return first.cycles / count.cycles if count.cycles else None


def losses_of(count: LayerCount) -> dict[str, float]:
    """Losses as shares of all slots of multipliers."""
    return {name: slots / max(count.slots, 1) for name, slots in count.losses.items()}


def figures_of(count: LayerCount, table: EnergyTable) -> dict[str, Any]:
    """What was counted, with energy [pJ] and traffic [bits], by component."""
    traffic: dict[str, int] = {}
    for event in count.events:
        if event.kind in ("read", "write", "dram"):
            bits = event.times * event.bits
            traffic[event.component] = traffic.get(event.component, 0) + bits
    return {
        **count.to_dict(),
        "loss_shares": losses_of(count),
        "energy_pj": energy_of(count.events, table),
        "traffic_bits": traffic,
    }


def _figures(counts: Mapping[str, LayerCount], table: EnergyTable) -> list[dict[str, Any]]:
    first = next(iter(counts.values()))
    return [
        {**figures_of(count, table), "speed_up": speed_up(count, first)}
        for count in counts.values()
    ]
