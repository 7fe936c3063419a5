"""``grus cost``: area of a design from yosys, block by block."""

from __future__ import annotations

from pathlib import Path

import click

from grus.cli.options import DESIGNS, design_argument, json_option, load_design, overrides_option
from grus.cli.output import area_table, console, progress, write_json
from grus.hw.core.crane_core import CraneCore
from grus.synth.area import report_area

__all__ = ["cost"]


@click.command(epilog=DESIGNS)
@design_argument
@overrides_option
@json_option
def cost(design: str, overrides: tuple[str, ...], json_path: Path | None) -> None:
    """Map DESIGN to gates and print the area of each block, in NAND2 equivalents.

    Memories of 1024 bits and more are listed as SRAM bits. A second run after a small change maps
    only what has changed.
    """
    config = load_design(design, overrides)
    with progress() as bar:
        task = bar.add_task(f"Generating {config.name}", total=None)

        def show(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=f"Mapping {name}")

        report = report_area(CraneCore(config), progress=show)
    console.print(area_table(report, config.name))
    console.print(report.tool)
    write_json(json_path, {"design": config.to_dict(), **report.to_dict()})
