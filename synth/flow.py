"""The way from a module's RTLIL to cells of our library."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from grus.synth.rtlil import Module
from grus.synth.yosys import run_yosys, yosys_version

__all__ = ["SRAM_MIN_BITS", "MappedModule", "Memory", "cell_areas", "describe_flow", "map_each"]

# From this size on a memory with clocked reads is an SRAM macro. A macro with one read and one
# write port costs about 8250 um2 and 2.81 um2 a bit in a 45 nm process (fit to OpenRAM 1.2.48 with
# FreePDK45); a bit of flip-flops with the multiplexers that hold and read it costs about 12 GE, or
# 9.6 um2 with a NAND2 of 0.798 um2. The two are equal at 1215 bits.
SRAM_MIN_BITS = 1024

_SRAM = "GRUS_SRAM"
_FILES = {
    name: Path(__file__).with_name(name).read_text(encoding="utf-8")
    for name in ("cells.lib", "sram.v", "sram_map.v")
}
# ABC looks for area only: with amap it needs less than half the time of Yosys' own script, which
# looks for delay first, and finds 8 % less area. Its ifraig is left out: it took most of the time
# of modules with many like registers, for 0.2 % of the area.
_FILES["area.abc"] = "strash; drw; drf; drwsat; amap\n"
# What `synth` does, but for `fsm` and `share` (registers stay those of the RTL), its own run of
# ABC, and its optimisation after techmap, which took more than half of the time before ABC and
# moved the area by less than 0.1 %. Flip-flops lose their initial values, because silicon has
# none. Reads that the RTL does not clock stay so (-nordff).
_SCRIPT = """
read_rtlil {file}.il
read_verilog -lib sram.v
proc
setattr -unset init w:*
opt_clean
wreduce
peepopt
opt_clean
booth
alumacc
opt -noff
memory -nomap -nordff
techmap -autoproc -D SRAM_MIN_BITS={sram_min_bits} -map sram_map.v t:$mem_v2
dump -o {file}.sram t:GRUS_SRAM
memory_map
opt -full
techmap
opt_merge
opt_clean
dfflibmap -liberty cells.lib
setundef -zero
abc -liberty cells.lib -script area.abc
opt_clean
tee -q -o {file}.json stat -json
tee -q -o {file}.done log mapped
design -reset
"""


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


class MappedModule(NamedTuple):
    """What one module is made of, without the insides of its children.

    Attributes
    ----------
    cells : dict of str to int
        Cells of the library by name.
    children : dict of str to int
        Instances of other modules.
    memories : tuple of Memory
        SRAM macros.
    """

    cells: dict[str, int]
    children: dict[str, int]
    memories: tuple[Memory, ...]


def cell_areas() -> dict[str, float]:
    """Area of each cell of the library [GE]."""
    cells = re.findall(r"cell \((\w+)\) \{\s*area : ([\d.]+);", _FILES["cells.lib"])
    return {name: float(area) for name, area in cells}


def describe_flow() -> str:
    """Everything but the module that a result depends on, the code of this file included."""
    code = Path(__file__).read_text(encoding="utf-8")
    return "\n".join([yosys_version(), code, *_FILES.values()])


def map_each(
    names: Iterable[str], modules: Mapping[str, Module]
) -> Iterator[tuple[str, MappedModule]]:
    """Map some modules of a design one after the other.

    Parameters
    ----------
    names : iterable of str
        Modules to map.
    modules : mapping of str to Module
        All modules of the design.

    Yields
    ------
    tuple of str and MappedModule
        Each module as soon as it is mapped.

    Raises
    ------
    MissingToolError
        If Yosys is not installed.
    RuntimeError
        If Yosys rejects a module, or leaves cells that are not in the library.
    """
    waiting = list(names)
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        for name, text in _FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
        script = ""
        for position, name in enumerate(waiting):
            stubs = [modules[child].stub for child in modules[name].children]
            text = "".join([*stubs, modules[name].text])
            (folder / f"{position}.il").write_text(text, encoding="utf-8")
            script += _SCRIPT.format(file=position, sram_min_bits=SRAM_MIN_BITS)
        results = [f"{position}.done" for position in range(len(waiting))]
        for name, result in zip(waiting, run_yosys(script, results, folder=folder), strict=True):
            yield name, _read(folder / result, modules[name])


def _read(file: Path, module: Module) -> MappedModule:
    report = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    counts: dict[str, int] = report["modules"][f"\\{module.name}"]["num_cells_by_type"]
    counts.pop(_SRAM, None)
    children = {name: counts.pop(name) for name in module.children if name in counts}
    foreign = sorted(set(counts) - set(cell_areas()))
    if foreign:
        raise RuntimeError(
            f"yosys must map all cells of module {module.name}, not leave {', '.join(foreign)}"
        )
    return MappedModule(counts, children, _memories(file.with_suffix(".sram")))


def _memories(file: Path) -> tuple[Memory, ...]:
    cells = re.findall(
        rf"^ *cell \\{_SRAM} .*?^ *end$",
        file.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    memories = []
    for cell in cells:
        found = dict(re.findall(r"^ *parameter \\(\w+) (.*)$", cell, re.MULTILINE))
        numbers = ("WORDS", "WORD_BITS", "READ_PORTS", "WRITE_PORTS")
        # Amaranth adds a number to a name that the module has already.
        name = re.sub(r"^\\\\|\$\d+$", "", found["NAME"].strip('"'))
        memories.append(Memory(name, *(int(found[number]) for number in numbers)))
    return tuple(sorted(memories))
