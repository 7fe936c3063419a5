"""Memories that are SRAM macros."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

__all__ = ["Memory", "memory_name", "read_memories"]


class Memory(NamedTuple):
    """One memory that is an SRAM macro.

    Attributes
    ----------
    name : str
        Its name in the module.
    words, word_bits : int
        Geometry.
    read_ports, write_ports : int
        Ports of each kind.
    """

    name: str
    words: int
    word_bits: int
    read_ports: int
    write_ports: int


def memory_name(name: str) -> str:
    """Name of a memory as in the RTL: Amaranth adds a number to one that the module has already."""
    return re.sub(r"^\\+|\$\d+$", "", name.strip('"'))


def read_memories(file: Path, sram: str) -> tuple[Memory, ...]:
    """Memories of a module that are macros, sorted.

    Parameters
    ----------
    file : Path
        RTLIL of the macros.
    sram : str
        Name of their black box.
    """
    cells = re.findall(
        rf"^ *cell \\{sram} .*?^ *end$",
        file.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    memories = []
    for cell in cells:
        found = dict(re.findall(r"^ *parameter \\(\w+) (.*)$", cell, re.MULTILINE))
        numbers = ("WORDS", "WORD_BITS", "READ_PORTS", "WRITE_PORTS")
        name = memory_name(found["NAME"])
        memories.append(Memory(name, *(int(found[number]) for number in numbers)))
    return tuple(sorted(memories))
