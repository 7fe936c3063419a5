"""``grus layers``: single layers of a real network through the RTL of a core."""

from __future__ import annotations

from pathlib import Path

import click

from grus.api.networks import read_network
from grus.cli.errors import Mismatch
from grus.cli.options import (
    DESIGNS,
    design_option,
    input_option,
    json_option,
    load_design,
    network_argument,
    overrides_option,
    scales_option,
    simulator_option,
    steal_option,
)
from grus.cli.output import console, layer_table, losses_table, write_json
from grus.cli.play import play_layers
from grus.compiler.network.calibration import quantise_image
from grus.sim.core_player import build_core
from grus.sim.layer_run import choose_layers

__all__ = ["layers"]


@click.command(epilog=DESIGNS)
@network_argument
@input_option
@scales_option
@click.option("--layers", "names", help="Layers to play, joined by commas; all if left out.")
@design_option("crane-is-small")
@steal_option
@simulator_option
@overrides_option
@json_option
def layers(
    network: Path,
    images: Path,
    scales: Path | None,
    names: str | None,
    design: str,
    steal: bool,
    simulator: str,
    overrides: tuple[str, ...],
    json_path: Path | None,
) -> None:
    """Play layers of the ONNX file NETWORK, each from its true inputs, and compare bit for bit."""
    config = load_design(design, overrides)
    integers, pixels = read_network(network, images, scales, config.data_bits)
    real = integers.network
    steps = choose_layers(integers, names.split(",") if names else None)
    with console.status(f"Building {config.name} for {simulator}"):
        built = build_core(config, simulator=simulator)
    image = quantise_image(integers, pixels)
    runs = play_layers(integers, image, steps, config, built, steal=steal)
    console.print(layer_table(runs, f"{real.name} on {config.name}"), losses_table(runs))
    write_json(
        json_path,
        {"design": config.to_dict(), "steal": steal, "layers": [r.to_dict() for r in runs]},
    )
    wrong = [f"{run.name}: {'; '.join(run.faults) or 'values'}" for run in runs if not run.passed]
    if wrong:
        raise Mismatch("\n".join([f"{len(wrong)} of {len(runs)} layers differ", *wrong]))
