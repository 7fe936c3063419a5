"""The command line: ``grus COMMAND``."""

import click

from grus.cli.board import board
from grus.cli.compile import compile_
from grus.cli.cost import cost
from grus.cli.demo import demo
from grus.cli.errors import KindGroup
from grus.cli.explore import explore
from grus.cli.generate import generate
from grus.cli.layers import layers
from grus.cli.run import run
from grus.cli.simulate import simulate
from grus.cli.verify import verify

__all__ = ["main"]


@click.group(cls=KindGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grus")
def main() -> None:
    """Generate, verify, simulate and cost accelerators for sparse convolutional networks."""


for command in (board, compile_, cost, demo, explore, generate, layers, run, simulate, verify):
    main.add_command(command)
