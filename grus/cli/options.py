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

__all__ = ["design_argument", "json_option", "load_design", "overrides_option", "simulator_option"]

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

json_option: Decorator = click.option(
    "--json",
    "json_path",
    type=click.Path(dir_okay=False, path_type=Path),
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
