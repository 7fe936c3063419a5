"""``grus generate``: Verilog of a design, and a description of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from amaranth.lib.wiring import Component

from grus.cli.options import (
    DESIGNS,
    bus_bits_option,
    design_argument,
    load_design,
    output_option,
    overrides_option,
)
from grus.cli.output import console, write_json, write_text
from grus.hw.accelerator.crane_accelerator import CraneAccelerator
from grus.hw.control.register_map import register_map
from grus.hw.description import describe_ports
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.emit import to_verilog
from grus.hw.tops import core_of

__all__ = ["generate"]


@click.command(epilog=DESIGNS)
@design_argument
@output_option
@click.option(
    "--top",
    type=click.Choice(["core", "accelerator"]),
    default="core",
    show_default=True,
    help="The core with stream ports, or all of it with AXI4 and AXI4-Lite.",
)
@bus_bits_option
@overrides_option
def generate(
    design: str, output: Path, top: str, bus_bits: int, overrides: tuple[str, ...]
) -> None:
    """Write the Verilog of DESIGN, and a JSON file with parameters, ports and widths.

    The accelerator's file also holds its register map.
    """
    config = load_design(design, overrides)
    description: dict[str, Any] = {"design": config.name, "parameters": config.to_dict()}
    component: Component
    if top == "core":
        component = core_of(config)
    else:
        axi = AxiConfig(data_bits=bus_bits)
        component = CraneAccelerator(SlotFormat(config=config, axi=axi))
        registers = [register._asdict() for register in register_map(config, axi)]
        description |= {"bus": axi.to_dict(), "registers": registers}
    description |= {"top": type(component).__name__, "ports": describe_ports(component)}
    with console.status(f"Generating {config.name}"):
        verilog = to_verilog(component)
    source = output / f"{config.name}.v"
    write_text(source, verilog)
    write_json(source.with_suffix(".json"), description)
    modules = verilog.count("\nendmodule")
    console.print(f"{source}: {len(verilog.splitlines()):,} lines, {modules} modules")
    console.print(f"{source.with_suffix('.json')}: parameters, {len(description['ports'])} ports")
