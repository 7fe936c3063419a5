"""``grus run``: a whole network, from its ONNX file to the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from grus.cli.errors import Mismatch
from grus.cli.networks import read_network
from grus.cli.options import DESIGNS, json_option, load_design, overrides_option
from grus.cli.output import console, progress, step_table, traffic_table, write_json
from grus.compiler.accelerator import compile_network
from grus.compiler.network.calibration import quantise_image
from grus.compiler.network.float_run import run_float
from grus.compiler.network.network import IntegerNetwork
from grus.golden.quantisation import dequantise
from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.accelerator import Accelerator, build_accelerator
from grus.sim.network_run import NetworkRun, StepRun

__all__ = ["run"]

_FILE = click.Path(dir_okay=False, path_type=Path)
_TOP = 5  # answers shown of a classifier


@click.command(epilog=DESIGNS)
@click.argument("network", type=_FILE)
@click.option("--input", "image", type=_FILE, required=True, help="Image as .npy, float.")
@click.option("--scales", type=_FILE, help="Fractions as JSON; measured on the image if left out.")
@click.option("--design", default="crane-is-small", show_default=True)
@click.option(
    "--engine",
    type=click.Choice(["rtl", "golden"]),
    default="rtl",
    show_default=True,
    help="The accelerator's Verilog, or the golden model alone.",
)
@click.option("--bus-bits", type=int, default=128, show_default=True, help="Width of the AXI bus.")
@click.option("--latency", type=click.IntRange(1), default=20, show_default=True, help="Of memory.")
@click.option("--steal/--no-steal", default=True, help="Let idle PEs steal work-items.")
@click.option("--save-outputs", type=_FILE, help="Write the outputs to this .npz file.")
@overrides_option
@json_option
def run(
    network: Path,
    image: Path,
    scales: Path | None,
    design: str,
    engine: str,
    bus_bits: int,
    latency: int,
    steal: bool,
    save_outputs: Path | None,
    overrides: tuple[str, ...],
    json_path: Path | None,
) -> None:
    """Run the ONNX file NETWORK on an accelerator, and compare with the golden and float models.

    Layers run on the Verilog of DESIGN, with its own DMA, registers and memory; operators that the
    hardware does not do run on the host, in integers, and are marked.
    """
    config = load_design(design, overrides)
    slots = SlotFormat(config=config, axi=AxiConfig(data_bits=bus_bits))
    integers, pixels = read_network(network, image, scales, config.data_bits)
    expected = integers.run(quantise_image(integers, pixels))
    steps: list[StepRun] = []
    wrong: list[str] = []
    outputs = {name: expected[name] for name in integers.network.outputs}
    if engine == "rtl":
        played, steps, wrong = _play(integers, pixels, config, slots, expected, latency, steal)
        console.print(step_table(steps, f"{integers.network.name} on {config.name}"))
        console.print(traffic_table(steps))
        outputs = {name: played.tensor(name) for name in outputs}
    report = _compare(integers, pixels, outputs)
    if save_outputs is not None:
        with save_outputs.open("wb") as file:
            np.savez(file, **outputs)  # type: ignore[arg-type]
    write_json(
        json_path,
        {
            "design": config.to_dict(),
            "bus": slots.axi.to_dict(),
            "latency": latency,
            "outputs": report,
            "steps": [step.to_dict() for step in steps],
            "differing": wrong,
        },
    )
    if wrong:
        raise Mismatch(f"{len(wrong)} tensors differ from the golden model: {', '.join(wrong)}")
    if engine == "rtl":
        console.print(f"All {len(steps)} tensors equal the golden model bit for bit.")


def _play(
    integers: IntegerNetwork,
    pixels: NDArray[np.float32],
    config: CraneConfig,
    slots: SlotFormat,
    expected: dict[str, NDArray[np.int64]],
    latency: int,
    steal: bool,
) -> tuple[NetworkRun, list[StepRun], list[str]]:
    with console.status(f"Compiling {integers.network.name} for {config.name}"):
        program = compile_network(
            integers, config, word_bytes=slots.axi.word_bytes, steal=steal, sample=expected
        )
    with console.status(f"Building {config.name} with Verilator"):
        library = build_accelerator(slots)
    size = NetworkRun.memory_bytes(program, slots)
    machine = Accelerator(slots, library, size, latency=latency)
    played = NetworkRun(integers, program, slots, machine)
    steps: list[StepRun] = []
    wrong: list[str] = []
    with progress() as bar:
        task = bar.add_task(integers.network.name, total=len(program.steps))
        for step in played.run(quantise_image(integers, pixels)):
            steps.append(step)
            if not np.array_equal(played.tensor(step.target), expected[step.target]):
                wrong.append(step.target)
            bar.update(task, advance=1, description=step.name)
    if machine.violations:
        raise Mismatch(f"the accelerator broke the rules of AXI: {machine.violations:#x}")
    return played, steps, wrong


def _compare(
    integers: IntegerNetwork, pixels: NDArray[np.float32], outputs: dict[str, NDArray[np.int64]]
) -> dict[str, Any]:
    """Say how the outputs differ from the float network's; show the top answers of a classifier."""
    report: dict[str, Any] = {}
    for name, real in run_float(integers.network, pixels).items():
        found = dequantise(outputs[name], integers.act_frac[name]).reshape(real.shape)
        error = float(np.abs(found - real).max())
        report[name] = {"largest_error": error, "largest_value": float(np.abs(real).max())}
        console.print(f"{name}: at most {error:.4g} from the float network's values")
        if real.ndim == 1:
            best = np.argsort(-found)[:_TOP]
            report[name] |= {"top": best.tolist(), "float_top": np.argsort(-real)[:_TOP].tolist()}
            answers = ", ".join(f"{index} ({found[index]:.3f})" for index in best)
            same = "the same first" if best[0] == np.argmax(real) else "another first"
            console.print(f"  top {len(best)}: {answers}; float has {same}")
    return report
