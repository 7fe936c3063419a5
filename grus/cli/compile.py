"""``grus compile``: what the accelerator needs of a network, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grus.cli.networks import read_network
from grus.cli.options import DESIGNS, load_design, overrides_option
from grus.cli.output import console, plan_table, planned_traffic_table, write_bytes, write_json
from grus.compiler.accelerator import Launch, NetworkProgram, compile_network
from grus.compiler.network.calibration import quantise_image
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.descriptors import pack_records, record_bytes

__all__ = ["compile_"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("compile", epilog=DESIGNS)
@click.argument("network", type=_FILE)
@click.option("--input", "image", type=_FILE, required=True, help="Image to calibrate on, .npy.")
@click.option("--scales", type=_FILE, help="Fractions as JSON; measured on the image if left out.")
@click.option("--design", default="crane-is", show_default=True)
@click.option("--bus-bits", type=int, default=128, show_default=True, help="Width of the AXI bus.")
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the files.",
)
@overrides_option
def compile_(
    network: Path,
    image: Path,
    scales: Path | None,
    design: str,
    bus_bits: int,
    output: Path,
    overrides: tuple[str, ...],
) -> None:
    """Write memory image, descriptors and plan of the ONNX file NETWORK for DESIGN.

    image.bin goes to address 0, descriptors.bin behind it; plan.json says where everything lies,
    and which descriptors make which layer.
    """
    config = load_design(design, overrides)
    slots = SlotFormat(config=config, axi=AxiConfig(data_bits=bus_bits))
    integers, pixels = read_network(network, image, scales, config.data_bits)
    sample = integers.run(quantise_image(integers, pixels))
    with console.status(f"Compiling {integers.network.name} for {config.name}"):
        program = compile_network(integers, config, word_bytes=slots.axi.word_bytes, sample=sample)
        descriptors = pack_records(program.records, slots)
    write_bytes(output / "image.bin", program.image.content())
    write_bytes(output / "descriptors.bin", descriptors)
    plan = {
        "network": integers.network.name,
        "design": config.to_dict(),
        "bus": slots.axi.to_dict(),
        "descriptors_address": program.image.size,
        "descriptor_bytes": record_bytes(slots),
        "writable": program.writable,
        "act_frac": dict(integers.act_frac),
        "weight_frac": dict(integers.weight_frac),
        **_plan(program),
    }
    write_json(output / "plan.json", plan)
    console.print(plan_table(program, f"{integers.network.name} for {config.name}"))
    console.print(planned_traffic_table(program))
    console.print(
        f"{output}: image.bin, {program.image.size:,} bytes; descriptors.bin, "
        f"{len(program.records)} descriptors; plan.json"
    )


def _plan(program: NetworkProgram) -> dict[str, Any]:
    maps = {
        name: {"address": stored.address, **stored.plan._asdict()}
        for name, stored in program.maps.items()
    }
    steps = [
        {
            "layer": step.step.layer.name,
            "source": step.step.source,
            "target": step.step.target,
            "first_descriptor": step.first,
            "descriptors": step.descriptors,
            "traffic": step.traffic.to_dict(),
        }
        if isinstance(step, Launch)
        else {"host": step.node["op"], "name": step.node["name"], "target": step.target}
        for step in program.steps
    ]
    return {"maps": maps, "steps": steps}
