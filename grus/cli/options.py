"""Options that several commands share."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from grus.hw.config import CraneConfig
from grus.hw.presets import PRESETS, load_config
from grus.sim.simulators import SIMULATORS

__all__ = [
    "DESIGNS",
    "FILE",
    "bus_bits_option",
    "design_argument",
    "design_option",
    "input_option",
    "json_option",
    "load_design",
    "network_argument",
    "output_option",
    "overrides_option",
    "scales_option",
    "simulator_option",
    "steal_option",
]

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

FILE = click.Path(dir_okay=False, path_type=Path)

network_argument: Decorator = click.argument("network", type=FILE)
input_option: Decorator = click.option(
    "--input",
    "images",
    type=FILE,
    required=True,
    help="Images as .npy, float; all of them are calibrated on, the first is run.",
)
scales_option: Decorator = click.option(
    "--scales", type=FILE, help="Fractions as JSON; measured on the images if left out."
)
bus_bits_option: Decorator = click.option(
    "--bus-bits", type=int, default=128, show_default=True, help="Width of the AXI bus."
)
output_option: Decorator = click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the files.",
)
steal_option: Decorator = click.option(
    "--steal/--no-steal", default=True, help="Let idle PEs steal work-items."
)
json_option: Decorator = click.option(
    "--json",
    "json_path",
    type=FILE,
    help="Also write the results to this file.",
)
simulator_option: Decorator = click.option(
    "--simulator",
    type=click.Choice(SIMULATORS),
    default="verilator",
    show_default=True,
    help="What plays the Verilog.",
)
overrides_option: Decorator = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PARAMETER=VALUE",
    help="Change a parameter of the design; may be repeated.",
)
design_argument: Decorator = click.argument("design", metavar="DESIGN")


def design_option(default: str) -> Decorator:
    """``--design``; commands that simulate take a small one if left out."""
    return click.option("--design", default=default, show_default=True)


DESIGNS = f"DESIGN is {', '.join(PRESETS)}, or a TOML file of parameters."


def load_design(design: str, overrides: tuple[str, ...]) -> CraneConfig:
    """The design of a command line.

    Raises
    ------
    ValueError
        If an override is no assignment, or as in :func:`load_config`.
    """
    settings: dict[str, Any] = {}
    for override in overrides:
        parameter, equals, value = override.partition("=")
        if not equals:
            raise ValueError(f"--set must be PARAMETER=VALUE, not {override}")
        settings[parameter.strip()] = _value(value.strip())
    return load_config(design, settings)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
