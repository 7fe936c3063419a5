"""``grus cost --power``: what designs take while they play a layer."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
from rich.table import Table

from grus.api.networks import read_network
from grus.cli.errors import Mismatch
from grus.cli.mapping_progress import mapping_progress
from grus.cli.options import FILE
from grus.cli.output import console, empty_table
from grus.compiler.network.calibration import quantise_image
from grus.hw.config import CraneConfig
from grus.sim.activity import read_saif
from grus.sim.core_player import build_core
from grus.sim.layer_run import PreparedLayer, choose_layers, play_layer, prepare_layer
from grus.sim.simulators import TOGGLES, require_simulator
from grus.synth.emission import emit_design
from grus.synth.flow import Flow
from grus.synth.liberty import Library
from grus.synth.power import report_power
from grus.synth.power_cells import require_power
from grus.synth.power_report import Power, PowerReport
from grus.synth.recording import Recording
from grus.synth.sram import SramTable

__all__ = [
    "PlayedLayer",
    "PowerJob",
    "measure",
    "power_job",
    "power_options",
    "record",
    "show_power",
]

# Toggles are counted by Verilator only.
_SIMULATOR = "verilator"


def power_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say which layer is played for ``--power``."""
    options = (
        click.option(
            "--power", "network", type=FILE, help="Also report power, in a layer of this ONNX file."
        ),
        click.option("--layer", help="The layer to play; from its true inputs."),
        click.option("--input", "images", type=FILE, help="Images as .npy, as for grus layers."),
        click.option("--scales", type=FILE, help="Fractions as JSON, as for grus layers."),
        click.option(
            "--clock-mhz",
            type=click.FloatRange(min=0, min_open=True),
            default=500.0,
            show_default=True,
            help="Clock that power is for.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


class PowerJob(NamedTuple):
    """Which layer is played, and at what clock.

    Attributes
    ----------
    network, images : Path
        ONNX file and images.
    scales : Path, optional
        Fractions.
    layer : str
        Name of the layer.
    clock_mhz : float
        Clock [MHz].
    """

    network: Path
    images: Path
    scales: Path | None
    layer: str
    clock_mhz: float

    def prepare(
        self, library: Library, configs: Mapping[str, CraneConfig]
    ) -> dict[str, PlayedLayer]:
        """Cut the layer for each design, and refuse what cannot end well before it takes long.

        Raises
        ------
        MissingToolError
            If the simulator is not installed.
        ValueError
            If the library says nothing of power, there is no such layer, or it does not fit.
        """
        require_power(library)
        require_simulator(_SIMULATOR)
        layers = {}
        for name, config in configs.items():
            source = self.network, self.images, self.scales
            integers, pixels = read_network(*source, config.data_bits)
            (step,) = choose_layers(integers, [self.layer])
            tensor = integers.run(quantise_image(integers, pixels))[step.source]
            layers[name] = PlayedLayer(prepare_layer(step.layer, tensor, config), self.clock_mhz)
        return layers


class PlayedLayer(NamedTuple):
    """What a design is to play, and at what clock [MHz]."""

    prepared: PreparedLayer
    clock_mhz: float


def power_job(
    target: str,
    top: str,
    *,
    network: Path | None,
    images: Path | None,
    scales: Path | None,
    layer: str | None,
    clock_mhz: float,
) -> PowerJob | None:
    """What the options ask for; None if it is not power.

    Raises
    ------
    ValueError
        If options contradict each other, or one is missing.
    """
    if network is None:
        for name, value in (("--layer", layer), ("--input", images), ("--scales", scales)):
            if value is not None:
                raise ValueError(f"{name} must come with --power, and does not")
        return None
    if target != "asic":
        raise ValueError(f"--power must come with --target asic, not {target}")
    if top != "core":
        raise ValueError(f"--power must come with --top core, not {top}")
    if images is None or layer is None:
        missing = "--input" if images is None else "--layer"
        raise ValueError(f"--power must come with {missing}, and does not")
    return PowerJob(network, images, scales, layer, clock_mhz)


def measure(
    config: CraneConfig, layer: PlayedLayer, flow: Flow, sram_table: SramTable
) -> PowerReport:
    """Let a design play a layer, and report the power that it takes."""
    with console.status(f"Playing {layer.prepared.layer.name} on {config.name}"):
        recording = record(config, layer.prepared)
    with mapping_progress(config.name) as show:
        return report_power(
            emit_design(config),
            flow,
            recording,
            clock_mhz=layer.clock_mhz,
            sram_table=sram_table,
            progress=show,
        )


def record(config: CraneConfig, prepared: PreparedLayer) -> Recording:
    """What the nets of a design do in a layer.

    Raises
    ------
    Mismatch
        If the result is not that of the golden model.
    """
    built = build_core(config, simulator=_SIMULATOR, toggles=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = play_layer(prepared, config, built, folder=folder, waves=True)
        if not run.passed:
            raise Mismatch(f"{run.name} differs: {'; '.join(run.faults) or 'values'}")
        nets = read_saif(folder / TOGGLES).nets
    return Recording(nets, run.account.cycles, run.account.macs)


def show_power(powers: Mapping[str, PowerReport]) -> None:
    """Print the tables, and how far they can be relied on."""
    for name, report in powers.items():
        console.print(_table(report, f"{name}, power at {report.clock_mhz:g} MHz"))
        console.print(report.summary)


def _table(report: PowerReport, title: str) -> Table:
    """One row per block."""
    table = empty_table(f"{title} [mW]".replace("[", "\\["))
    table.add_column("block", no_wrap=True)
    for heading in ("clock", "intern.", "switch.", "leak", "SRAM", "all", "share"):
        table.add_column(heading, justify="right", no_wrap=True)
    for block in report.blocks:
        table.add_row(block.name, *_cells(block.power), f"{block.share:.1%}")
    table.add_section()
    table.add_row("all", *_cells(report.power), "100.0%")
    return table


def _cells(power: Power) -> list[str]:
    return [f"{part:.3g}" if part else "" for part in (*power, power.total)]
