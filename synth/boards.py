"""FPGA boards that bitstreams are made for."""

from __future__ import annotations

import importlib
from typing import Any, NamedTuple

from grus.synth.fpga_flow import FAMILIES, Family
from grus.tools import MissingToolError

__all__ = ["BOARDS", "Board"]


class Board(NamedTuple):
    """A board that amaranth-boards describes.

    Attributes
    ----------
    module, platform : str
        Where its description is, and its name.
    family : str
        The kind of its FPGA, whose device is that of the board: a key of
        :data:`grus.synth.fpga_flow.FAMILIES`.
    place_and_route : tuple of str
        Arguments of nextpnr that name the device.
    """

    module: str
    platform: str
    family: str
    place_and_route: tuple[str, ...]

    @property
    def fpga(self) -> Family:
        """Its FPGA."""
        return FAMILIES[self.family]

    def make_platform(self) -> Any:
        """Pins and clock, as Amaranth has them.

        Raises
        ------
        MissingToolError
            If amaranth-boards is not installed.
        """
        try:
            module = importlib.import_module(self.module)
        except ImportError as error:
            raise MissingToolError(
                "amaranth-boards must be installed to make a bitstream, and is not: "
                "pip install grus[fpga]"
            ) from error
        return getattr(module, self.platform)()


BOARDS = {
    "ulx3s-85f": Board(
        "amaranth_boards.ulx3s",
        "ULX3S_85F_Platform",
        "ecp5",
        ("--85k", "--package", "CABGA381", "--speed", "6"),
    ),
}
