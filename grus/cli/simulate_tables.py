"""What ``grus simulate`` shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from grus.cli.output import empty_table
from grus.sim.rivals.energy import EnergyTable, energy_of
from grus.sim.rivals.machine import LayerCount
from grus.study.comparison import Comparison, losses_of, speed_up

__all__ = ["layers_table", "networks_table"]

_UJ, _MB = 1e6, 8e6  # picojoules of a microjoule, bits of a megabyte
_SHOWN = 0.005  # what is smaller stands only in JSON and report


def layers_table(comparison: Comparison, table: EnergyTable) -> Table:
    """Each layer on each design; speed-up is against the first."""
    layers = {next(iter(layer.values())).layer: layer for layer in comparison.layers}
    return _table(comparison.workload.description, "layer", layers, table)


def networks_table(comparisons: Sequence[Comparison], table: EnergyTable) -> Table:
    """Each network on each design; synthetic ones are marked."""
    networks = {
        comparison.workload.title + (" (synthetic)" if comparison.workload.synthetic else ""): (
            comparison.totals
        )
        for comparison in comparisons
    }
    return _table("whole networks", "network", networks, table)


def _table(
    title: str, what: str, rows: Mapping[str, Mapping[str, LayerCount]], table: EnergyTable
) -> Table:
    shown = empty_table(title)
    shown.add_column(what, overflow="fold", no_wrap=what == "network")
    shown.add_column("design", min_width=12, overflow="fold")
    for heading in ("cycles", "util.", "speed-up", "energy \\[uJ]", "DRAM \\[MB]"):
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column("largest loss", no_wrap=True)
    for name, by_machine in rows.items():
        first = next(iter(by_machine.values()))
        for place, (machine, count) in enumerate(by_machine.items()):
            factor = speed_up(count, first)
            shown.add_row(
                "" if place else name,
                machine,
                f"{count.cycles:,}",
                f"{count.utilisation:.3f}",
                "" if factor is None else f"{factor:.2f}",
                f"{sum(energy_of(count.events, table).values()) / _UJ:,.1f}",
                f"{count.dram_bits / _MB:,.2f}",
                _largest(count),
            )
    return shown


def _largest(count: LayerCount) -> str:
    name, share = max(losses_of(count).items(), key=lambda loss: loss[1], default=("", 0.0))
    return f"{name} {share:.2f}" if share >= _SHOWN else ""
