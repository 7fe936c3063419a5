"""``grus layers``: single layers of a real network through the RTL of a core."""

from __future__ import annotations

from pathlib import Path

import click

from grus.cli.errors import Mismatch
from grus.cli.networks import read_network
from grus.cli.options import (
    DESIGNS,
    json_option,
    load_design,
    overrides_option,
    simulator_option,
)
from grus.cli.output import console, layer_table, losses_table, progress, write_json
from grus.compiler.network.calibration import quantise_image
from grus.sim.core_player import build_core
from grus.sim.layer_run import choose_layers, run_layers

__all__ = ["layers"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog=DESIGNS)
@click.argument("network", type=_FILE)
@click.option("--input", "image", type=_FILE, required=True, help="Image as .npy, float.")
@click.option("--scales", type=_FILE, help="Fractions as JSON; measured on the image if left out.")
@click.option("--layers", "names", help="Layers to play, joined by commas; all if left out.")
@click.option("--design", default="crane-is-small", show_default=True)
@click.option("--steal/--no-steal", default=True, help="Let idle PEs steal work-items.")
@simulator_option
@overrides_option
@json_option
def layers(
    network: Path,
    image: Path,
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
    integers, pixels = read_network(network, image, scales, config.data_bits)
    real = integers.network
    steps = choose_layers(integers, names.split(",") if names else None)
    with console.status(f"Building {config.name} for {simulator}"):
        built = build_core(config, simulator=simulator)
    runs = []
    with progress() as bar:
        task = bar.add_task(real.name, total=len(steps))
        played = run_layers(
            integers, quantise_image(integers, pixels), steps, config, built, steal=steal
        )
        for step in steps:
            bar.update(task, description=step.layer.name)
            runs.append(next(played))
            bar.advance(task)
    console.print(layer_table(runs, f"{real.name} on {config.name}"), losses_table(runs))
    write_json(
        json_path,
        {"design": config.to_dict(), "steal": steal, "layers": [r.to_dict() for r in runs]},
    )
    wrong = [f"{run.name}: {'; '.join(run.faults) or 'values'}" for run in runs if not run.passed]
    if wrong:
        raise Mismatch("\n".join([f"{len(wrong)} of {len(runs)} layers differ", *wrong]))
