"""``grus demo``: a pruned network on the RTL of a small design, from generation to area."""

from __future__ import annotations

import time
from concurrent.futures import Future, ProcessPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click
import numpy as np

from grus.cli.cost_tables import cost_table
from grus.cli.errors import Mismatch
from grus.cli.options import json_option, simulator_option
from grus.cli.output import (
    console,
    layer_table,
    losses_table,
    write_json,
)
from grus.cli.play import play_layers
from grus.compiler.network.calibration import calibrate, quantise_image
from grus.compiler.network.network import IntegerNetwork
from grus.compiler.network.onnx_file import read_onnx
from grus.hw.config import CraneConfig
from grus.hw.core.crane_core import CraneCore
from grus.hw.presets import SMALL
from grus.sim.core_player import build_core
from grus.sim.layer_run import LayerRun, choose_layers
from grus.synth.area import AreaReport, report_area

__all__ = ["demo"]


@click.command()
@click.option("--digit", type=click.IntRange(0, 9), default=3, show_default=True)
@simulator_option
@json_option
def demo(digit: int, simulator: str, json_path: Path | None) -> None:
    """Recognise a handwritten digit on generated RTL, and say what it took.

    Generates crane-is-small, plays every layer of a pruned network through it, compares each
    with the golden model bit for bit, and prints utilisation, losses and area.
    """
    began = time.monotonic()
    network, image = _network(digit)
    console.print(
        f"[bold]1[/] The network: {network.network.name}, pruned, "
        f"{len(choose_layers(network))} layers, 16-bit fixed point; the image: a {digit}"
    )
    # The area needs no simulator: it is found on the other core meanwhile.
    with ProcessPoolExecutor(max_workers=1) as pool:
        area = pool.submit(_area, SMALL)
        with console.status(f"Generating {SMALL.name} and building it for {simulator}"):
            design = build_core(SMALL, simulator=simulator)
        console.print(
            f"[bold]2[/] The design: {SMALL.name}, {SMALL.pes} PEs of {SMALL.multipliers} "
            f"multipliers, lookahead {SMALL.lookahead}; Verilog built for {simulator}"
        )
        runs = play_layers(network, image, choose_layers(network), SMALL, design)
        console.print("[bold]3[/] Each layer on the RTL, from its true inputs")
        console.print(
            layer_table(runs, f"{network.network.name} on {SMALL.name}"), losses_table(runs)
        )
        report = _wait(area)
    console.print("[bold]4[/] Area from yosys")
    console.print(cost_table({SMALL.name: report}, SMALL.name))
    scores = network.run(image)[network.network.outputs[0]]
    console.print(
        f"The network says {int(np.argmax(scores))}. "
        f"{sum(run.passed for run in runs)} of {len(runs)} layers are bit-exact. "
        f"{time.monotonic() - began:.0f} s."
    )
    write_json(json_path, _results(digit, scores, runs, report))
    if not all(run.passed for run in runs):
        raise Mismatch("the RTL and the golden model differ")


def _network(digit: int) -> tuple[IntegerNetwork, Any]:
    with as_file(files("grus.examples") / "digits") as folder:
        real = read_onnx(folder / "digits.onnx")
        images = np.load(folder / "inputs.npy")
    network = calibrate(real, list(images), SMALL.data_bits)
    return network, quantise_image(network, images[digit])


def _area(config: CraneConfig) -> AreaReport:
    return report_area(CraneCore(config))


def _wait(area: Future[AreaReport]) -> AreaReport:
    with console.status("Mapping to gates"):
        return area.result()


def _results(digit: int, scores: Any, runs: list[LayerRun], report: AreaReport) -> dict[str, Any]:
    return {
        "design": SMALL.to_dict(),
        "digit": digit,
        "answer": int(np.argmax(scores)),
        "layers": [run.to_dict() for run in runs],
        "area": report.to_dict(),
    }
