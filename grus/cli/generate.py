"""``grus generate``: Verilog of a design, and a description of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grus.cli.options import DESIGNS, design_argument, load_design, overrides_option
from grus.cli.output import console, write_json, write_text
from grus.hw.core.crane_core import CraneCore
from grus.hw.description import describe_ports
from grus.hw.emit import to_verilog

__all__ = ["generate"]


@click.command(epilog=DESIGNS)
@design_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the files.",
)
@overrides_option
def generate(design: str, output: Path, overrides: tuple[str, ...]) -> None:
    """Write the Verilog of DESIGN, and a JSON file with parameters, ports and widths."""
    config = load_design(design, overrides)
    core = CraneCore(config)
    description: dict[str, Any] = {
        "design": config.name,
        "top": type(core).__name__,
        "parameters": config.to_dict(),
        "ports": describe_ports(core),
    }
    with console.status(f"Generating {config.name}"):
        verilog = to_verilog(core)
    source = output / f"{config.name}.v"
    write_text(source, verilog)
    write_json(source.with_suffix(".json"), description)
    modules = verilog.count("\nendmodule")
    console.print(f"{source}: {len(verilog.splitlines()):,} lines, {modules} modules")
    console.print(f"{source.with_suffix('.json')}: parameters, {len(description['ports'])} ports")
