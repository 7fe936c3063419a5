"""What an area report holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["AreaReport", "BlockArea", "ModuleArea", "Sram"]


@dataclass(frozen=True, kw_only=True)
class ModuleArea:
    """Area of one distinct module.

    Attributes
    ----------
    name, block : str
        Module, and the block it belongs to; an empty text if its instances belong to several.
    instances : int
        Its instances in the whole design.
    area_ge : float
        Cells of one instance without its children [NAND2 equivalents].
    flip_flops : int
        Flip-flops among them.
    total_area_ge, total_flip_flops, total_sram_bits
        One instance with all that is inside it.
    cells : dict of str to int
        Cells of one instance without its children.
    """

    name: str
    block: str
    instances: int
    area_ge: float
    flip_flops: int
    total_area_ge: float
    total_flip_flops: int
    total_sram_bits: int
    cells: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class Sram:
    """A memory that is a macro, and no part of any area.

    Attributes
    ----------
    module, name : str
        Where it is, and what it is called there.
    words, word_bits : int
        Geometry of one macro.
    read_ports, write_ports : int
        Ports of one macro.
    count : int
        Macros of this name in the whole design.
    """

    module: str
    name: str
    words: int
    word_bits: int
    read_ports: int
    write_ports: int
    count: int

    @property
    def total_bits(self) -> int:
        """Bits of all of them."""
        return self.words * self.word_bits * self.count


@dataclass(frozen=True, kw_only=True)
class BlockArea:
    """Area of all that belongs to one block of the design.

    Attributes
    ----------
    name : str
        A key of :data:`grus.synth.blocks.BLOCKS`, or ``SRAMs``, or ``other``.
    area_ge : float
        Logic [NAND2 equivalents].
    flip_flops : int
        Flip-flops in it.
    share : float
        Part of the area of all logic, 0 to 1.
    sram_bits : int
        Bits in macros; the block ``SRAMs`` has all of them, and no logic.
    """

    name: str
    area_ge: float
    flip_flops: int
    share: float
    sram_bits: int


@dataclass(frozen=True, kw_only=True)
class AreaReport:
    """Area of a design, without wires, and with SRAMs listed apart.

    Attributes
    ----------
    top : str
        Name of the top module.
    tool : str
        Yosys and its version, because areas depend on it.
    area_ge : float
        All logic [NAND2 equivalents].
    flip_flops, sram_bits : int
        All flip-flops, and all bits in macros.
    blocks : tuple of BlockArea
        Blocks in the order of the table, then SRAMs; those without anything are left out.
    modules : tuple of ModuleArea
        Distinct modules, those with the largest share first.
    srams : tuple of Sram
        Macros, the largest total first.
    """

    top: str
    tool: str
    area_ge: float
    flip_flops: int
    sram_bits: int
    blocks: tuple[BlockArea, ...]
    modules: tuple[ModuleArea, ...]
    srams: tuple[Sram, ...]

    def module(self, name: str) -> ModuleArea:
        """Area of one module.

        Raises
        ------
        ValueError
            If there is none of this name.
        """
        for module in self.modules:
            if module.name == name:
                return module
        names = ", ".join(sorted(module.name for module in self.modules))
        raise ValueError(f"name must be one of {names}, not {name}")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        report = asdict(self)
        for sram, plain in zip(self.srams, report["srams"], strict=True):
            plain["total_bits"] = sram.total_bits
        return report
