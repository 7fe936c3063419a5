"""Ordered picker: one value of a patch for each multiplier, at positions that ascend."""

from functools import reduce
from operator import or_

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from grus.hw.config import CraneConfig
from grus.hw.pe.patch_store import PatchBitsLayout, patch_columns

__all__ = ["OrderedPicker", "PatchReadLayout"]


class PatchReadLayout(data.StructLayout):
    """What the multipliers of a processing element want of a patch.

    Members
    -------
    half : :py:`unsigned(1)`
        Which patch to read, if there are two.
    count : :py:`range(multipliers + 1)`
        Multipliers that want a value, from lane 0 up.
    positions : :py:`ArrayLayout(position_bits, multipliers)`
        Positions to read; those that are wanted ascend.
    """

    def __init__(self, config: CraneConfig):
        lanes = config.multipliers
        super().__init__(
            {
                "half": 1,
                "count": range(lanes + 1),
                "positions": data.ArrayLayout(config.position_bits, lanes),
            }
        )


class OrderedPicker(wiring.Component):
    """Read a patch at ascending positions.

    Because positions ascend, the n-th and the (n+1)-th are never the same, so that of two
    neighbouring positions at most one is wanted by a lane of even number, and at most one by a
    lane of odd number. So a first level of multiplexers brings what even lanes want to one column
    of pairs, and what odd lanes want to another one; the next level does so with pairs of pairs
    for lanes modulo 4, and so on. At the end each lane finds its value in one column, in the
    block that its position is in. Purely combinational.

    Parameters
    ----------
    config : :class:`CraneConfig`
        Size of a patch, multipliers.
    patches : int
        Patches to read: those of two rounds, or one that is chosen already.

    Members
    -------
    patches : :py:`In(ArrayLayout(PatchBitsLayout(config), patches))`
        The patches.
    read : :py:`In(PatchReadLayout(config))`
        Positions to read.
    values : :py:`Out(ArrayLayout(signed(data_bits), multipliers))`
        Values found there; zero in lanes that are not in use.
    """

    def __init__(self, config: CraneConfig, patches: int):
        self._config = config
        super().__init__(
            {
                "patches": In(data.ArrayLayout(PatchBitsLayout(config), patches)),
                "read": In(PatchReadLayout(config)),
                "values": Out(data.ArrayLayout(signed(config.data_bits), config.multipliers)),
            }
        )

    @property
    def config(self) -> CraneConfig:
        """Parameters of this picker."""
        return self._config

    def elaborate(self, platform):
        """All multiplexers of a level that have the same lanes take one vector of choices."""
        m = Module()
        config = self.config
        self._columns = patch_columns(config)
        levels = (self._columns - 1).bit_length()
        blocks = self._blocks(m)
        choices = [self._choices(m, level, blocks) for level in range(levels)]
        for bit in range(config.data_bits):
            halves = [patch[bit] for patch in self.patches]
            columns = []
            for column in range(self._columns):
                chosen = Signal(len(blocks[0]), name=f"patch_{bit}_{column}")
                m.d.comb += chosen.eq(Mux(self.read.half, halves[-1][column], halves[0][column]))
                columns.append(chosen)
            for level in range(levels):
                columns = self._gather(m, level, columns, choices[level], f"picked_{bit}")
            for lane in range(config.multipliers):
                picked = (columns[lane % self._columns] & blocks[lane]).any()
                m.d.comb += self.values.as_value()[lane * config.data_bits + bit].eq(picked)
        return m

    def _blocks(self, m: Module):
        """The block of each lane's position, as one bit out of many; none if not in use."""
        levels = (self._columns - 1).bit_length()
        blocks = []
        for lane in range(self.config.multipliers):
            block = Signal(self.config.patch_positions // self._columns, name=f"block_{lane}")
            with m.If(lane < self.read.count):
                m.d.comb += block.eq(1 << (self.read.positions[lane] >> levels))
            blocks.append(block)
        return blocks

    def _choices(self, m: Module, level: int, blocks):
        """Where the upper of two neighbours is wanted, for each place of a block and each column.

        Element ``[place][column]`` has a bit for each block. A place is what a position's bits
        above `level` say inside a block.
        """
        above = level + 1
        places = self._columns >> above
        choices = []
        for place in range(places):
            wanted = [
                blocks[lane]
                & (
                    self.read.positions[lane][level : level + places.bit_length()] == 2 * place + 1
                ).replicate(len(blocks[lane]))
                for lane in range(self.config.multipliers)
            ]
            row = []
            for column in range(1 << above):
                choice = Signal(len(blocks[0]), name=f"choice_{level}_{place}_{column}")
                m.d.comb += choice.eq(reduce(or_, wanted[column :: 1 << above], 0))
                row.append(choice)
            choices.append(row)
        return choices

    def _gather(self, m: Module, level: int, columns, choices, name: str):
        """One level; before and after it, place and column together number the vectors."""
        width = 1 << level
        gathered = []
        for place, row in enumerate(choices):
            lower, upper = (columns[(2 * place + n) * width :][:width] for n in range(2))
            for column, choice in enumerate(row):
                out = Signal(len(choice), name=f"{name}_{level}_{place}_{column}")
                a, b = lower[column % width], upper[column % width]
                m.d.comb += out.eq((a & ~choice) | (b & choice))
                gathered.append(out)
        return gathered
