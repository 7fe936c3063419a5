"""What a cost report holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from grus.synth.delay import Path
from grus.synth.design_path import DesignPath

__all__ = ["AreaReport", "BlockArea", "ModuleArea", "Sram", "plain_design_path"]


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
        One instance with all that is inside it, without the area of SRAMs.
    cells : dict of str to int
        Cells of one instance without its children.
    path : Path, optional
        Its longest path, if the library has delays and the module gates.
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
    path: Path | None


@dataclass(frozen=True, kw_only=True)
class Sram:
    """A memory that is a macro, or several where its word is wide.

    Attributes
    ----------
    module, name : str
        Where it is, and what it is called there.
    words, word_bits : int
        Geometry.
    read_ports, write_ports : int
        Ports.
    count : int
        Memories of this name in the whole design.
    area_ge : float
        One of them, from the table of macros [NAND2 equivalents].
    read_pj, write_pj : float
        Energy of a read and of a write of one word [pJ].
    """

    module: str
    name: str
    words: int
    word_bits: int
    read_ports: int
    write_ports: int
    count: int
    area_ge: float
    read_pj: float
    write_pj: float

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
        Logic, or for ``SRAMs`` the macros [NAND2 equivalents].
    flip_flops : int
        Flip-flops in it.
    share : float
        Part of the area of all logic and macros, 0 to 1.
    sram_bits : int
        Bits in macros; the block ``SRAMs`` has all of them, and no logic.
    slowest : str
        The module with the longest path; an empty text if none has one.
    path : Path, optional
        That path.
    """

    name: str
    area_ge: float
    flip_flops: int
    share: float
    sram_bits: int
    slowest: str
    path: Path | None


@dataclass(frozen=True, kw_only=True)
class AreaReport:
    """Cost of a design, without wires.

    Attributes
    ----------
    top : str
        Name of the top module.
    tool, library, sram_table : str
        Yosys and its version, the cells, and the table of macros: areas depend on all three.
    timer : str
        What has found the paths; an empty text if nothing has.
    nand2_um2 : float, optional
        A NAND2 of the library [um2]; None if its areas are gate equivalents.
    area_ge, sram_ge : float
        All logic, and all macros [NAND2 equivalents].
    flip_flops, sram_bits : int
        All flip-flops, and all bits in macros.
    blocks : tuple of BlockArea
        Blocks in the order of the table, then SRAMs; those without anything are left out.
    modules : tuple of ModuleArea
        Distinct modules, those with the largest share first.
    srams : tuple of Sram
        Macros, the largest total first.
    path : DesignPath, optional
        The longest path through all modules, if the library has delays.
    """

    top: str
    tool: str
    library: str
    sram_table: str
    timer: str
    nand2_um2: float | None
    area_ge: float
    sram_ge: float
    flip_flops: int
    sram_bits: int
    blocks: tuple[BlockArea, ...]
    modules: tuple[ModuleArea, ...]
    srams: tuple[Sram, ...]
    path: DesignPath | None = None

    @property
    def total_ge(self) -> float:
        """Logic and macros [NAND2 equivalents]."""
        return self.area_ge + self.sram_ge

    @property
    def by_delay(self) -> tuple[ModuleArea, ...]:
        """Modules that have a path, the longest first."""
        timed = [module for module in self.modules if module.path is not None]
        return tuple(sorted(timed, key=lambda m: -m.path.delay_ps if m.path else 0.0))

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
        """Plain values, for JSON; areas in um2 beside those in NAND2 equivalents."""
        report = asdict(self)
        for module in report["modules"]:
            module["path"] = _plain(module["path"])
        for block in report["blocks"]:
            block["path"] = _plain(block["path"])
        for sram, plain in zip(self.srams, report["srams"], strict=True):
            plain["total_bits"] = sram.total_bits
        report["total_ge"] = self.total_ge
        report["path"] = self.path and plain_design_path(self.path)
        if self.nand2_um2 is not None:
            for part in (report, *report["blocks"], *report["modules"], *report["srams"]):
                for key in [key for key in part if key.endswith("_ge")]:
                    part[key.removesuffix("_ge") + "_um2"] = part[key] * self.nand2_um2
        return report


def plain_design_path(path: DesignPath) -> dict[str, Any]:
    """Plain values, for JSON."""
    return path._asdict() | {"legs": [leg._asdict() for leg in path.legs]}


def _plain(path: Path | None) -> dict[str, Any] | None:
    return None if path is None else path._asdict()
