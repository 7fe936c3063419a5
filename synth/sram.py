"""What SRAM macros cost, from a table that a user may replace."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from grus.synth.memories import Memory

__all__ = ["DEFAULT_TABLE", "MacroCost", "SramTable", "read_sram_table"]

DEFAULT_TABLE = Path(__file__).with_name("sram.toml")


class MacroCost(NamedTuple):
    """Cost of one memory.

    Attributes
    ----------
    area_ge : float
        Area [NAND2 equivalents].
    read_pj, write_pj : float
        Energy of a read and of a write of a whole word [pJ].
    """

    area_ge: float
    read_pj: float
    write_pj: float


class SramTable(NamedTuple):
    """A table of costs; ``sram.toml`` explains its numbers.

    Attributes
    ----------
    name : str
        Of what process.
    nand2_um2 : float
        A NAND2 of that process [um2].
    max_word_bits : int
        Columns of the widest macro; wider words are cut.
    area_um2 : dict of int to tuple of float
        Fixed area [um2] and area of a bit [um2], by the number of ports.
    read_pj_per_bit, write_pj_per_bit : float
        Energy per bit of a word and root of the macro's bits [pJ].
    """

    name: str
    nand2_um2: float
    max_word_bits: int
    area_um2: dict[int, tuple[float, float]]
    read_pj_per_bit: float
    write_pj_per_bit: float

    def cost(self, memory: Memory) -> MacroCost:
        """Cost of a memory, in as many macros as its word needs.

        Raises
        ------
        ValueError
            If the table has no macros of so many ports.
        """
        ports = memory.read_ports + memory.write_ports
        if ports not in self.area_um2:
            known = ", ".join(map(str, sorted(self.area_um2)))
            raise ValueError(
                f"memory {memory.name} must have {known} ports to be in SRAM table {self.name}, "
                f"not {ports}: add an [[area]] with ports = {ports}"
            )
        macros = math.ceil(memory.word_bits / self.max_word_bits)
        bits = memory.words * memory.word_bits
        fixed_um2, um2_per_bit = self.area_um2[ports]
        access = math.sqrt(bits / macros) * memory.word_bits
        return MacroCost(
            area_ge=(macros * fixed_um2 + bits * um2_per_bit) / self.nand2_um2,
            read_pj=access * self.read_pj_per_bit,
            write_pj=access * self.write_pj_per_bit,
        )


def read_sram_table(path: Path = DEFAULT_TABLE) -> SramTable:
    """Read a table.

    Raises
    ------
    ValueError
        If the file cannot be read, or something in it is missing or no positive number.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"sram must be a TOML file, not {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"sram {path} must be a TOML file, and is not: {error}") from error
    rows = table.get("area")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ValueError(f"sram {path} must have an [[area]] for each number of ports")
    energy = table.get("energy")
    energy = energy if isinstance(energy, dict) else {}
    return SramTable(
        name=str(table.get("name", path.stem)),
        nand2_um2=_number(table, "nand2_um2", path),
        max_word_bits=int(_number(table, "max_word_bits", path)),
        area_um2={
            int(_number(row, "ports", path)): (
                _number(row, "fixed_um2", path),
                _number(row, "um2_per_bit", path),
            )
            for row in rows
        },
        read_pj_per_bit=_number(energy, "read_pj_per_bit", path),
        write_pj_per_bit=_number(energy, "write_pj_per_bit", path),
    )


def _number(table: Mapping[str, Any], key: str, path: Path) -> float:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
        said = "nothing" if value is None else value
        raise ValueError(f"{key} of sram {path} must be a number above 0, not {said}")
    if key in ("ports", "max_word_bits") and value != int(value):
        raise ValueError(f"{key} of sram {path} must be a whole number, not {value}")
    return float(value)
