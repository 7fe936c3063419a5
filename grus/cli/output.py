"""What commands show and write."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from grus.compiler.accelerator import Launch, NetworkProgram
from grus.files import write_bytes
from grus.sim.layer_run import LayerRun
from grus.sim.network_run import StepRun

__all__ = [
    "console",
    "empty_table",
    "layer_table",
    "losses_table",
    "plan_table",
    "planned_traffic_table",
    "progress",
    "step_table",
    "traffic_table",
    "write_json",
    "write_text",
]

# A file or a pipe has no width; tables that fit no terminal are of no use there either.
console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
_SPEED_SECONDS = 600  # over which the speed is measured: a layer may take minutes
LOSS_NAMES = {
    "multiplying": "multiplying",
    "fragmentation": "fragmentation (idle multipliers of a busy PE)",
    "imbalance": "imbalance (no work, while others have some)",
    "conflict": "conflict (another PE reads the bank)",
    "broadcast": "broadcast (the patch is not there yet)",
    "resident_fetch": "resident fetch (the row is on its way)",
    "output": "output (no room for sums)",
    "memory": "memory (operands not loaded yet)",
}


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    write_bytes(path, text.encode())


def write_json(path: Path | None, content: Any) -> None:
    """Write results, if the user asked for them."""
    if path is not None:
        write_text(path, json.dumps(content, indent=2) + "\n")


def progress(*, share: bool = False) -> Progress:
    """A bar with what is under way and the time left; goes when the work is done.

    It counts pieces of work of about equal size, or, with `share`, the share that is done.
    """
    return Progress(
        TextColumn("{task.description:<32}"),
        BarColumn(),
        TaskProgressColumn() if share else MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        speed_estimate_period=_SPEED_SECONDS,
    )


def empty_table(title: str) -> Table:
    """An empty table in the style of all."""
    return Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)


def layer_table(runs: Iterable[LayerRun], title: str) -> Table:
    """One row per layer."""
    table = empty_table(title)
    table.add_column("layer", no_wrap=True)
    for heading in ("weights", "tiles", "MACs", "cycles", "steals", "util."):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("exact", no_wrap=True)
    for run in runs:
        table.add_row(
            run.name,
            "x".join(map(str, run.shape)),
            str(run.tiles),
            f"{run.account.macs:,}",
            f"{run.account.cycles:,}",
            f"{run.account.steals:,}",
            f"{run.account.utilisation:.3f}",
            "yes" if run.passed else "[red]NO[/]",
        )
    return table


def plan_table(program: NetworkProgram, title: str) -> Table:
    """One row per step: how it is cut, and where its result goes."""
    table = empty_table(title)
    table.add_column("step", no_wrap=True)
    for heading in ("blocks", "slices", "regions", "descriptors", "columns a round"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("result", "stored"):
        table.add_column(heading, no_wrap=True)
    for step in program.steps:
        if not isinstance(step, Launch):
            table.add_row(f"{step.node['name']} ({step.node['op']})", "host", style="dim")
            continue
        tiling, target = step.plan.tiling, step.plan.target.plan
        form = "dense" if target.dense else "encoded"
        table.add_row(
            step.step.layer.name,
            str(len(tiling.blocks)),
            str(sum(len(block.slices) for block in tiling.blocks)),
            str(len(tiling.regions)),
            str(step.descriptors),
            str(tiling.strip.columns),
            f"{target.channels}x{target.rows}x{target.columns}",
            f"{form}, parts of {target.length}",
        )
    return table


def planned_traffic_table(program: NetworkProgram) -> Table:
    """One row per layer: the traffic of its tensors by the plan, and how kernels are stored."""
    table = _traffic_table("dense kernels")
    for step in program.steps:
        planned = step.traffic.planned if isinstance(step, Launch) else None
        if isinstance(step, Launch) and planned is not None:
            traffic, kernels = step.traffic, step.plan.kernels.values()
            dense = sum(stored.record["dense"] for stored in kernels)
            sizes = (*planned, planned.total, traffic.dense.total)
            extra = f"{dense} of {len(kernels)}"
            _add_traffic(table, step.step.layer.name, sizes, traffic.ratio, extra)
    return table


def traffic_table(steps: Iterable[StepRun]) -> Table:
    """One row per layer: all traffic, that of its tensors, and what dense ones would take."""
    table = _traffic_table()
    for step in steps:
        if not step.on_host:
            sizes = step.read_bytes, step.written_bytes, step.tensor_bytes, step.dense_bytes
            _add_traffic(table, step.name, sizes, step.ratio)
    return table


def _traffic_table(*more: str) -> Table:
    table = empty_table("Traffic in kB, against dense tensors")
    table.add_column("layer", no_wrap=True)
    for heading in ("read", "written", "tensors", "if dense", "ratio", *more):
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _add_traffic(
    table: Table, name: str, sizes: Iterable[int], ratio: float | None, *more: str
) -> None:
    texts = [f"{size / 1000:,.1f}" for size in sizes]
    table.add_row(name, *texts, "" if ratio is None else f"{ratio:.3f}", *more)


def step_table(steps: Iterable[StepRun], title: str) -> Table:
    """One row per step of a network: cycles in all, and shares of them."""
    table = empty_table(title)
    table.add_column("step", no_wrap=True)
    for heading in ("cycles", "util.", "busy", "frag.", "imbal.", "memory", "steals"):
        table.add_column(heading, justify="right", no_wrap=True)
    for step in steps:
        if step.account is None:
            table.add_row(step.name, "host", style="dim")
            continue
        shares = step.account.shares
        names = ("multiplying", "fragmentation", "imbalance", "memory")
        table.add_row(
            step.name,
            f"{step.cycles:,}",
            f"{step.account.utilisation:.3f}",
            *(f"{shares[name]:.3f}" for name in names),
            f"{step.account.steals:,}",
        )
    return table


def losses_table(runs: Iterable[LayerRun]) -> Table:
    """Where the slots of the multipliers went, over all layers."""
    runs = list(runs)
    cycles = max(sum(run.account.cycles for run in runs), 1)
    table = empty_table("Where the cycles went")
    table.add_column("share", justify="right")
    table.add_column("of all multiplier cycles")
    for key, text in LOSS_NAMES.items():
        share = sum(run.account.shares[key] * run.account.cycles for run in runs) / cycles
        table.add_row(f"{share:.1%}", text + " " + "▇" * round(40 * share))
    return table
