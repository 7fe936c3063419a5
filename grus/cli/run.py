"""``grus run``: a whole network, from its ONNX file to the answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from grus.api.running import ENGINES
from grus.api.running import run as run_network
from grus.api.watching import Progress
from grus.cli.errors import Mismatch
from grus.cli.options import (
    DESIGNS,
    FILE,
    bus_bits_option,
    design_option,
    input_option,
    json_option,
    load_design,
    network_argument,
    overrides_option,
    scales_option,
    steal_option,
)
from grus.cli.output import console, progress, step_table, traffic_table, write_json
from grus.sim.machines import MACHINES
from grus.sim.serial_line import BAUD

__all__ = ["run"]


@click.command(epilog=DESIGNS)
@network_argument
@input_option
@scales_option
@design_option("crane-is-small")
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="rtl",
    show_default=True,
    help="The accelerator's Verilog, or the golden model alone.",
)
@click.option(
    "--simulator",
    type=click.Choice(list(MACHINES)),
    default="verilator",
    show_default=True,
    help="What plays the Verilog.",
)
@click.option(
    "--layers",
    "names",
    help="Layers to run on the Verilog, joined by commas, each from its true inputs; all if left "
    "out.",
)
@click.option(
    "--one-launch",
    is_flag=True,
    help="Start all layers up to the host's next share at once; counters then tell totals.",
)
@bus_bits_option
@click.option("--latency", type=click.IntRange(1), default=20, show_default=True, help="Of memory.")
@steal_option
@click.option("--save-outputs", type=FILE, help="Write the outputs to this .npz file.")
@click.option("--port", help="Run on the board at this serial port, such as /dev/ttyUSB0.")
@click.option("--baud", type=click.IntRange(1), default=BAUD, show_default=True, help="Of --port.")
@click.option("--waves", type=FILE, help="Record waveforms to this file, .fst or .vcd.")
@overrides_option
@json_option
def run(
    network: Path,
    images: Path,
    design: str,
    names: str | None,
    save_outputs: Path | None,
    overrides: tuple[str, ...],
    json_path: Path | None,
    **options: Any,
) -> None:
    """Run the ONNX file NETWORK on an accelerator, and compare with the golden and float models.

    Layers run on the Verilog of DESIGN, with its own DMA, registers and memory; operators that the
    hardware does not do run on the host, in integers, and are marked.
    """
    config = load_design(design, overrides)
    layers = names.split(",") if names is not None else None
    with _bar(network.stem) as tell:
        result = run_network(
            network, images, design=config, layers=layers, progress=tell, **options
        )
    if result.engine == "rtl":
        console.print(step_table(result.steps, result.title))
        if result.port is None:  # memory on a board does not count
            console.print(traffic_table(result.steps))
    for line in result.summary():
        console.print(line)
    if save_outputs is not None:
        result.save_outputs(save_outputs)
    write_json(json_path, result.to_dict())
    if result.violations:
        raise Mismatch(f"the accelerator broke the rules of AXI: {result.violations:#x}")
    if result.differing:
        raise Mismatch(
            f"{len(result.differing)} tensors differ from the golden model: "
            f"{', '.join(result.differing)}"
        )
    if result.engine == "rtl":
        console.print(f"All {result.compared} tensors equal the golden model bit for bit.")


@contextmanager
def _bar(name: str) -> Iterator[Progress]:
    with progress(share=True) as bar:
        task = bar.add_task(name, total=None)

        def tell(what: str, share: float) -> None:
            bar.update(task, description=what, completed=share, total=1.0 if share else None)

        yield tell
