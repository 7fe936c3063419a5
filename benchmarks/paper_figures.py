"""Figures of the paper, each from one command, with its claim beside what is found here.

``python -m benchmarks.paper_figures 13a``; all patterns are synthetic. What was counted before is
not counted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import click

from benchmarks.figure_list import FIGURES, Figure
from grus.cache import cache_folder
from grus.charts import Bar, bar_chart, stack_charts
from grus.cli.errors import KindGroup
from grus.cli.output import console, empty_table, progress, write_json, write_text
from grus.sim.workloads.benchmarks import NETWORKS
from grus.study.exploration import explore
from grus.study.sweep import Design, Sweep, designs_of
from grus.study.workload import MASKS

_ROOT = Path(__file__).parent.parent
_MEAN = "mean"
Values = dict[str, dict[str, list[float]]]  # by group and label, one for each seed


class _Found(NamedTuple):
    """What one kind of masks gave: values, and why points are missing."""

    values: Values
    unfit: list[str]


@click.group(cls=KindGroup)
def main() -> None:
    """Draw figures; each is a command."""


def _command(name: str, figure: Figure) -> click.Command:
    @click.command(name, help=f"{figure.title}. The paper: {figure.claim}")
    @click.option("--network", "networks", multiple=True, type=click.Choice(NETWORKS))
    @click.option("--masks", multiple=True, type=click.Choice(list(MASKS)), default=list(MASKS))
    @click.option("--seed", "seeds", multiple=True, type=int, default=[0, 1, 2], show_default=True)
    @click.option("--crane", default="crane-is", show_default=True, help="The Crane design.")
    @click.option("--workers", type=click.IntRange(1), help="Processes; as many as cores.")
    @click.option("--json", "json_path", type=click.Path(path_type=Path))
    @click.option("--svg", "svg_path", type=click.Path(path_type=Path))
    def command(
        networks: tuple[str, ...],
        masks: tuple[str, ...],
        seeds: tuple[int, ...],
        crane: str,
        workers: int | None,
        json_path: Path | None,
        svg_path: Path | None,
    ) -> None:
        chosen = figure._replace(networks=networks or figure.networks)
        found = {kind: _count(chosen, kind, seeds, crane, workers) for kind in masks}
        for kind, of_kind in found.items():
            console.print(_table(chosen, kind, of_kind.values))
            for reason in of_kind.unfit:
                console.print(f"does not fit: {reason}")
        console.print(f"The paper: {figure.claim}")
        content = _content(chosen, name, crane, seeds, found)
        write_json(json_path or _ROOT / "benchmarks" / "results" / f"figure_{name}.json", content)
        charts = [_chart(chosen, kind, of_kind.values) for kind, of_kind in found.items()]
        target = svg_path or _ROOT / "docs" / "images" / f"figure_{name}.svg"
        write_text(target, stack_charts(charts) + "\n")

    return command


def _count(
    figure: Figure, masks: str, seeds: tuple[int, ...], crane: str, workers: int | None
) -> _Found:
    designs = _designs(figure, crane)
    placed = [
        (group, workload)
        for seed in seeds
        for network in figure.networks
        for group, workload in figure.workloads(network, masks, seed).items()
    ]
    sweep = Sweep(designs=list(designs.values()), workloads=[workload for _, workload in placed])
    with progress() as bar:
        task = bar.add_task(figure.title[:32], total=len(sweep.points))

        def show(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, description=name[:32] or figure.title[:32])

        outcomes = explore(sweep, cache_folder() / "sweeps", workers=workers, report=show)
    results = {(o.point.workload, o.point.design.machine.name): o.result for o in outcomes}
    # First the networks that share a group are averaged, seed by seed; then seeds are listed.
    gathered: dict[tuple[str, str], dict[int, list[float]]] = {}
    unfit = []
    for group, workload in placed:
        by_label = {name: results[workload, d.machine.name] for name, d in designs.items()}
        unfit += [result["unfit"] for result in by_label.values() if "unfit" in result]
        for label, value in _measure(figure, by_label).items():
            gathered.setdefault((group, label), {}).setdefault(workload.seed, []).append(value)
    values: Values = {}
    for (group, label), by_seed in gathered.items():
        values.setdefault(group, {})[label] = [mean(found) for found in by_seed.values()]
    return _Found(values | _means(values, list(designs)), list(dict.fromkeys(unfit)))


def _designs(figure: Figure, crane: str) -> dict[str, Design]:
    return {
        label: next(designs_of(base, settings))
        for label, (base, settings) in figure.designs(crane).items()
    }


def _measure(figure: Figure, results: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Utilisation, or speed-up; nothing for a design that does not fit."""
    totals = {label: result["total"] for label, result in results.items() if "total" in result}
    if not figure.over:
        return {label: total["utilisation"] for label, total in totals.items()}
    if figure.over not in totals:
        return {}
    reference = totals[figure.over]["cycles"]
    return {label: reference / total["cycles"] for label, total in totals.items()}


def _means(values: Values, labels: list[str]) -> Values:
    """Arithmetic means of all groups, seed by seed, of the designs that fit all of them."""
    whole = [name for name in labels if all(name in group for group in values.values())]
    if len(values) < 2:
        return {}
    return {
        _MEAN: {
            label: [
                mean(by_seed)
                for by_seed in zip(*(group[label] for group in values.values()), strict=True)
            ]
            for label in whole
        }
    }


def _unit(figure: Figure) -> str:
    return f"speed-up over {figure.over}" if figure.over else "utilisation"


def _table(figure: Figure, masks: str, values: Values) -> Any:
    table = empty_table(f"{figure.title}; SYNTHETIC patterns, {masks}; {_unit(figure)}")
    table.add_column("")
    labels = list(dict.fromkeys(label for group in values.values() for label in group))
    for label in labels:
        table.add_column(label, justify="right")
    for name, group in values.items():
        cells = [_cell(group[label]) if label in group else "" for label in labels]
        table.add_row(name, *cells)
    return table


def _cell(values: list[float]) -> str:
    """The mean of the seeds, and their range."""
    found = f"{mean(values):.3f}"
    return found if len(values) == 1 else f"{found} ({min(values):.3f}..{max(values):.3f})"


def _chart(figure: Figure, masks: str, values: Values) -> str:
    groups = {
        name: [Bar(label, {label: mean(found)}) for label, found in group.items()]
        for name, group in values.items()
    }
    return bar_chart(
        f"{figure.title}; SYNTHETIC patterns, {masks} masks",
        groups,
        unit=_unit(figure),
        lines=figure.lines,
        caption=f"The paper: {figure.claim}",
    )


def _content(
    figure: Figure, name: str, crane: str, seeds: tuple[int, ...], found: Mapping[str, _Found]
) -> dict[str, Any]:
    return {
        "figure": name,
        "title": figure.title,
        "claim": figure.claim,
        "claimed_values": dict(figure.lines),
        "synthetic": True,
        "measure": _unit(figure),
        "crane": crane,
        "networks": list(figure.networks),
        "seeds": list(seeds),
        "designs": {
            label: design.machine.name for label, design in _designs(figure, crane).items()
        },
        "masks": {
            masks: {
                "unfit": of_masks.unfit,
                "values": {
                    group: {
                        label: {"mean": mean(values), "least": min(values), "most": max(values)}
                        for label, values in by_label.items()
                    }
                    for group, by_label in of_masks.values.items()
                },
            }
            for masks, of_masks in found.items()
        },
    }


for figure_name, listed in FIGURES.items():
    main.add_command(_command(figure_name, listed))

if __name__ == "__main__":
    main()
