"""How a layer is cut into tiles that fit the RAMs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from grus.compiler.extent import Extent

__all__ = ["Block", "Region", "Strip", "Tiling", "Turn"]


class Strip(NamedTuple):
    """How the patch of one round lies in the broadcast buffers.

    Attributes
    ----------
    columns : int
        Output columns that one broadcast serves.
    row_step : int
        Distance of kernel rows in the patch [positions].
    """

    columns: int
    row_step: int


class Block(NamedTuple):
    """Output channels whose kernels are resident together, and the channels that they read.

    Attributes
    ----------
    outputs : Extent
        Output channels.
    slices : list of Extent
        Input channels, slice by slice.
    """

    outputs: Extent
    slices: list[Extent]


class Region(NamedTuple):
    """Output rows and columns that are computed from one region of the inputs.

    Attributes
    ----------
    rows, columns : Extent
        Rows and columns of the map before pooling.
    pooled_columns : Extent
        Columns of the pooled map that this region completes; without pooling `columns`.
    """

    rows: Extent
    columns: Extent
    pooled_columns: Extent


class Turn(NamedTuple):
    """What one tile computes, and what it loads for that.

    Attributes
    ----------
    block, region, channels : Block, Region, Extent
        Output channels, part of the map, slice of the input channels.
    loads_resident : bool
        It loads the kernels; else those of the turn before serve again.
    loads_biases : bool
        It loads the biases.
    ends : bool
        Its slice is the last: the results leave.
    """

    block: Block
    region: Region
    channels: Extent
    loads_resident: bool
    loads_biases: bool
    ends: bool


class Tiling(NamedTuple):
    """One layer, cut.

    Attributes
    ----------
    strip : Strip
        What one round covers.
    blocks : list of Block
        Output channels, block by block.
    regions : list of Region
        The map: strips of columns, each from top to bottom.
    chunk_rounds : int
        Rounds whose sums fill a half of the output RAM.
    """

    strip: Strip
    blocks: list[Block]
    regions: list[Region]
    chunk_rounds: int

    def turns(self) -> Iterator[Turn]:
        """All tiles in the order of execution."""
        for block in self.blocks:
            for region in self.regions:
                for channels in block.slices:
                    first_region = region == self.regions[0]
                    ends = channels == block.slices[-1]
                    # With one slice the kernels stay for all regions of the block.
                    loads_resident = first_region or len(block.slices) > 1
                    loads_biases = first_region and ends
                    yield Turn(block, region, channels, loads_resident, loads_biases, ends)
