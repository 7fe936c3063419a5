"""Utilisation of the rivals against Ideal on the paper's five networks, beside what is published.

``python -m benchmarks.rivals --json FILE``; all patterns are synthetic.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from grus.cli.output import console, progress, write_json
from grus.sim.rivals.cambricon_s import CambriconS
from grus.sim.rivals.cambricon_x import CambriconX
from grus.sim.rivals.dense import Dense
from grus.sim.rivals.energy import energy_of, load_energy
from grus.sim.rivals.ideal import Ideal
from grus.sim.rivals.machine import LayerCount, Machine, total_of
from grus.sim.rivals.scnn import Scnn
from grus.sim.workloads.benchmarks import NETWORKS, draw_network, title_of
from grus.sim.workloads.masks import EVEN, UNEVEN, Heterogeneity
from grus.sim.workloads.sparse_layer import SparseLayer
from grus.sim.workloads.structured import Pruning, prune

# 256 multipliers, but for SCNN, which has 1024; each is compared with an Ideal of its own size.
MACHINES: list[Machine] = [
    Ideal(),
    Dense(),
    CambriconX(),
    CambriconX(name="cambricon-x, tiles in step", tiles_in_step=True),
    CambriconX(name="cambricon-x, no window", window_inputs=0),
    CambriconS(),
    Scnn(),
    Scnn(name="scnn, ceil tiles", balanced=False),
    Scnn(name="scnn, barrier per channel", barrier="channel"),
    Scnn(name="scnn, no barrier", barrier="none"),
    Scnn(name="scnn, Kc = 8", group_outputs=8),
]
CONFLICTS: list[Machine] = [
    Scnn(name="scnn, queues at banks", banks="queues"),
    Scnn(name="scnn, no queues at banks", banks="pessimistic"),
]
PUBLISHED = {
    "cambricon-x": ".467, average of five (Crane, figure 13a)",
    "scnn": ".533, average of five (Crane, figure 13b); .59 (SCNN's authors)",
}
PRUNINGS = {
    "blocks": Pruning(density=0.2),
    "blocks, kernels .3": Pruning(density=0.2, kernels=0.3),
    "blocks, kernels .5": Pruning(density=0.2, kernels=0.5),
    "blocks, outputs .5": Pruning(density=0.2, dropped=0.5),
    "blocks, kernels .3, outputs .5": Pruning(density=0.2, kernels=0.3, dropped=0.5),
}
PRUNED = ("vgg16", "resnet50")
STRUCTURED: list[Machine] = [Ideal(), CambriconX(), CambriconS()]
CLAIM = ".344 to .505 with kernel or run-time pruning (Crane, figure 13c)"


class _Run(NamedTuple):
    """One machine on all layers of a network."""

    network: str
    patterns: str
    total: LayerCount
    layers: list[LayerCount]
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        table = load_energy()
        energies = energy_of(self.total.events, table)
        return {
            **self.total.to_dict(),
            "network": self.network,
            "patterns": self.patterns,
            "seconds": self.seconds,
            "energy_pj": energies,
            "layers": {
                layer.layer: [layer.cycles, round(layer.utilisation, 4)] for layer in self.layers
            },
        }


@click.command()
@click.option("--json", "json_path", type=click.Path(path_type=Path), required=True)
@click.option("--seed", default=0, show_default=True, help="Of all patterns.")
@click.option(
    "--network", "networks", multiple=True, type=click.Choice(NETWORKS), help="Only this."
)
@click.option("--conflicts", is_flag=True, help="Play SCNN's bank conflicts; takes minutes.")
def main(json_path: Path, seed: int, networks: tuple[str, ...], conflicts: bool) -> None:
    """Count all machines; print tables, write all that was counted."""
    machines = [*MACHINES, *(CONFLICTS if conflicts else [])]
    chosen = networks or NETWORKS
    runs: list[_Run] = []
    tables = []
    with progress() as bar:
        task = bar.add_task("", total=2 * len(chosen) + len(PRUNINGS) * len(PRUNED))
        for network in chosen:
            for heterogeneity in (EVEN, UNEVEN):
                bar.update(task, description=f"{network}, {heterogeneity}")
                layers = list(draw_network(network, heterogeneity=heterogeneity, seed=seed))
                runs += _count(network, str(heterogeneity), layers, machines)
                bar.advance(task)
        tables += [_networks_table(runs, patterns, chosen) for patterns in (EVEN, UNEVEN)]
        for network in (name for name in PRUNED if name in chosen):
            for name, pruning in PRUNINGS.items():
                bar.update(task, description=f"{network}, {name}")
                pruned = _pruned(network, pruning, UNEVEN, seed)
                runs += _count(network, name, list(pruned), STRUCTURED)
                bar.advance(task)
    tables.append(_structured_table(runs))
    for table in tables:
        console.print(table)
    write_json(json_path, [run.to_dict() for run in runs])


def _pruned(
    network: str, pruning: Pruning, heterogeneity: Heterogeneity, seed: int
) -> Iterator[SparseLayer]:
    """The first layer, which reads the image, stays as it is."""
    for number, layer in enumerate(draw_network(network, heterogeneity=heterogeneity, seed=seed)):
        if number:
            yield prune(layer, pruning, heterogeneity, seed + number)


def _count(
    network: str, patterns: str, layers: list[SparseLayer], machines: Iterable[Machine]
) -> Iterator[_Run]:
    for layer in layers:
        _ = layer.effectual_macs  # counted once for all machines, and in nobody's time
    for machine in machines:
        began = time.monotonic()
        counts = [machine.count(layer) for layer in layers]
        seconds = time.monotonic() - began
        yield _Run(network, patterns, total_of(counts, title_of(network)), counts, seconds)


def _networks_table(runs: list[_Run], patterns: Heterogeneity, networks: Iterable[str]) -> Table:
    found = {
        (run.total.machine, run.network): run.total.utilisation
        for run in runs
        if run.patterns == str(patterns)
    }
    table = Table(
        title=f"Utilisation (Ideal is 1); SYNTHETIC patterns, {patterns}",
        caption="\n".join(f"published: {name} {claim}" for name, claim in PUBLISHED.items()),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
    )
    table.add_column("machine", no_wrap=True)
    for heading in (*map(title_of, networks), "mean"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name in dict.fromkeys(machine for machine, _ in found):
        values = [found[name, network] for network in networks]
        table.add_row(name, *(f"{value:.3f}" for value in [*values, sum(values) / len(values)]))
    return table


def _structured_table(runs: list[_Run]) -> Table:
    table = Table(
        title="Pruned in structures to density .2; SYNTHETIC patterns, uneven",
        title_justify="left",
        caption_justify="left",
        caption=f"published: cambricon-s {CLAIM}",
        box=SIMPLE_HEAD,
    )
    for heading in ("network", "pruning"):
        table.add_column(heading, no_wrap=True)
    for machine in ("cambricon-x", "cambricon-s"):
        table.add_column(machine, justify="right")
    by_case: dict[tuple[str, str], Mapping[str, float]] = {}
    for run in runs:
        if run.patterns in PRUNINGS:
            case = by_case.setdefault((run.network, run.patterns), {})
            by_case[run.network, run.patterns] = {
                **case,
                run.total.machine: run.total.utilisation,
            }
    for (network, pruning), of_machine in by_case.items():
        values = [f"{of_machine[name]:.3f}" for name in ("cambricon-x", "cambricon-s")]
        table.add_row(title_of(network), pruning, *values)
    return table


if __name__ == "__main__":
    main()
