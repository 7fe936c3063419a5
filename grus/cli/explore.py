"""``grus explore``: sweeps over designs and networks, on all cores or a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from grus.cli.output import console, empty_table, progress, write_json, write_text
from grus.study.exploration import explore as explore_sweep
from grus.study.results import add_best, pareto_chart, read_areas, rows_of, table_text
from grus.study.sweep import read_sweep

__all__ = ["explore"]

_FILE = click.Path(dir_okay=False, path_type=Path)


class _Interrupted(click.ClickException):
    exit_code = 130  # as shells have it


@click.command()
@click.argument("sweep", type=_FILE)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for points and tables.",
)
@click.option("--workers", type=click.IntRange(1), help="Processes; as many as cores if left out.")
@click.option("--scheduler", help="Address of a Dask scheduler, in place of local processes.")
@click.option("--areas", type=_FILE, help="Areas, as grus cost --json writes them.")
def explore(
    sweep: Path, output: Path, workers: int | None, scheduler: str | None, areas: Path | None
) -> None:
    """Count every design of the TOML file SWEEP on every network of it.

    Each point is kept in the folder as soon as it is counted; the same command goes on where it
    was stopped. results.csv, results.json and pareto.svg follow when all are there.
    """
    if workers is not None and scheduler is not None:
        raise ValueError("--workers must go without --scheduler, which has its own")
    read = read_sweep(sweep)
    known = read_areas(areas) if areas is not None else None
    done, count = 0, len(read.points)
    with progress() as bar:
        task = bar.add_task(sweep.stem, total=count)

        def show(finished: int, total: int, name: str) -> None:
            nonlocal done
            done = finished
            bar.update(task, completed=finished, description=name[:32] or sweep.stem)

        try:
            outcomes = explore_sweep(
                read, output, workers=workers, scheduler=scheduler, report=show
            )
        except KeyboardInterrupt as error:
            raise _Interrupted(
                f"interrupted: {done} of {count} points are kept in {output}, and the same command "
                "goes on"
            ) from error
    rows = rows_of(outcomes, known)
    add_best(rows)
    write_text(output / "results.csv", table_text(rows))
    write_json(output / "results.json", rows)
    write_text(output / "pareto.svg", pareto_chart(rows) + "\n")
    console.print(_table(rows, sweep.stem))
    unfit = [row for row in rows if row["unfit"]]
    if unfit:
        console.print(
            f"{len(unfit)} of {len(rows)} points do not fit; the first: {unfit[0]['unfit']}"
        )
    console.print(f"{output}: results.csv, results.json, pareto.svg; * none is faster and smaller")


def _table(rows: list[dict[str, Any]], title: str) -> Table:
    table = empty_table(title)
    table.add_column("network", no_wrap=True)
    table.add_column("design", overflow="fold")
    for heading in ("seed", "cycles", "util.", "energy \\[uJ]", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        named = row["network"] + (f" (synthetic, {row['masks']})" if row["synthetic"] else "")
        seed = "" if row["seed"] is None else str(row["seed"])
        if row["unfit"]:
            table.add_row(named, row["design"], seed, "does not fit", style="dim")
            continue
        table.add_row(
            *(named, row["design"], seed, f"{row['cycles']:,}", f"{row['utilisation']:.3f}"),
            f"{row['energy_pj'] / 1e6:,.1f}",
            "*" if row["best"] else "",
        )
    return table
