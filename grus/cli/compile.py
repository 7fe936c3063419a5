"""``grus compile``: what the accelerator needs of a network, as files."""

from __future__ import annotations

from pathlib import Path

import click

from grus.api.compiling import compile
from grus.cli.options import (
    DESIGNS,
    bus_bits_option,
    design_option,
    input_option,
    load_design,
    network_argument,
    output_option,
    overrides_option,
    scales_option,
    steal_option,
)
from grus.cli.output import console, plan_table, planned_traffic_table

__all__ = ["compile_"]


@click.command("compile", epilog=DESIGNS)
@network_argument
@input_option
@scales_option
@design_option("crane-is")
@bus_bits_option
@steal_option
@output_option
@overrides_option
def compile_(
    network: Path,
    images: Path,
    scales: Path | None,
    design: str,
    bus_bits: int,
    steal: bool,
    output: Path,
    overrides: tuple[str, ...],
) -> None:
    """Write memory image, descriptors and plan of the ONNX file NETWORK for DESIGN.

    image.bin goes to address 0, descriptors.bin behind it; plan.json says where everything lies,
    and which descriptors make which layer.
    """
    config = load_design(design, overrides)
    with console.status(f"Compiling {network.stem} for {config.name}"):
        compiled = compile(
            network, images, design=config, scales=scales, bus_bits=bus_bits, steal=steal
        )
    compiled.save(output)
    console.print(plan_table(compiled.program, compiled.title))
    console.print(planned_traffic_table(compiled.program))
    console.print(
        f"{output}: image.bin, {compiled.program.image.size:,} bytes; descriptors.bin, "
        f"{len(compiled.program.records)} descriptors; plan.json"
    )
