"""``grus layers``: single layers of a real network through the RTL of a core."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from grus.cli.errors import Mismatch
from grus.cli.images import read_image
from grus.cli.options import (
    DESIGNS,
    json_option,
    load_design,
    overrides_option,
    simulator_option,
)
from grus.cli.output import console, layer_table, losses_table, progress, write_json
from grus.compiler.network.calibration import calibrate, quantise_image, with_scales
from grus.compiler.network.network import FloatNetwork, IntegerNetwork
from grus.compiler.network.onnx_file import read_onnx
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
    real = read_onnx(network)
    pixels = read_image(image, real)
    integers = _integers(real, pixels, scales, config.data_bits)
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


def _integers(
    real: FloatNetwork, pixels: NDArray[np.float32], scales: Path | None, bits: int
) -> IntegerNetwork:
    if scales is None:
        return calibrate(real, [pixels], bits)
    try:
        table = json.loads(scales.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise ValueError(f"scales {scales} must be a JSON file, and is not: {error}") from error
    return with_scales(real, table, bits)
