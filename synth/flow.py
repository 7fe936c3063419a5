"""The way from a module's RTLIL to cells of a library."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from grus.synth.delay import Path as DelayPath
from grus.synth.delay import read_path
from grus.synth.liberty import Library, parse_liberty
from grus.synth.rtlil import Module
from grus.synth.static_timing import NETLIST, time_path
from grus.synth.yosys import run_yosys, yosys_version

__all__ = ["SRAM_MIN_BITS", "Flow", "MappedModule", "Memory", "asic_flow", "generic_flow"]

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
_FOR_AREA = "strash; drw; drf; drwsat; amap\n"
# Without a cell that drives them, registers and inputs drive any number of gates of any size at no
# cost, and get no buffers (D-049). The load is that of a small gate [fF].
_DRIVE = """set_driving_cell {driver}
set_load 1.0 [all_outputs]
"""
# ABC looks for delay, gives buffers to nets of more than 16 readers, and makes cells larger where a
# path is long, smaller where none is. What ABC prints is lost, hence the file; it is written in
# blocks, and the text of `help` pushes the last one out. `dch` would find paths shorter,
# multipliers by 15 %, a decoder by 3 %, but needs more than 3 GB for a large crossbar.
_FOR_DELAY = """read_constr drive.sdc
strash
drw
balance
map
topo
buffer -c -N 16
upsize -c
dnsize -c
set abcout path.txt
stime -p
help
"""
# What `synth` does, but for `fsm` and `share` (registers stay those of the RTL), its own run of
# ABC, and its optimisation after techmap, which took more than half of the time before ABC and
# moved the area by less than 0.1 %. Flip-flops lose their initial values, because silicon has
# none. Reads that the RTL does not clock stay so (-nordff).
_SCRIPT = """
read_rtlil module.il
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
dump -o sram.il t:GRUS_SRAM
memory_map
opt -full
techmap
opt_merge
opt_clean
dfflibmap -liberty cells.lib
setundef -zero
{names}
abc -liberty cells.lib -script area.abc {keep}
opt_clean
tee -q -o cells.json stat -json
"""
# For OpenSTA paths end at macros and children only if they are ports. It reads no signed nets.
_WRITE_NETLIST = """{evert}
splitnets -ports
write_verilog -noattr -noexpr -norename {netlist}
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
    path : Path, optional
        Its longest path; None if it has no gates, or the library no delays.
    """

    cells: dict[str, int]
    children: dict[str, int]
    memories: tuple[Memory, ...]
    path: DelayPath | None


class Flow(NamedTuple):
    """How designs are mapped.

    Attributes
    ----------
    library : Library
        The cells.
    timed : bool
        Whether ABC looks for delay, and the longest path of each module is found.
    opensta : str
        Version of the OpenSTA that finds it; an empty text if ABC does.
    """

    library: Library
    timed: bool
    opensta: str = ""

    @property
    def timer(self) -> str:
        """What finds paths; an empty text if nothing does."""
        return (self.opensta or "ABC's estimate") if self.timed else ""

    @property
    def description(self) -> str:
        """Everything but the module that a result depends on, the code of this file included."""
        here = Path(__file__)
        files = ("flow.py", "delay.py", "static_timing.py")
        code = [here.with_name(name).read_text(encoding="utf-8") for name in files]
        return "\n".join([yosys_version(), self.timer, *code, *_FILES.values(), self.library.text])

    def map(self, module: Module, modules: Mapping[str, Module]) -> MappedModule:
        """Map one module of a design; its children stay as they are.

        A process of its own for each module: what Yosys makes of one module depends a little on
        those that it has seen before.

        Raises
        ------
        MissingToolError
            If Yosys is not installed.
        RuntimeError
            If Yosys rejects the module, or leaves cells that are not in the library.
        """
        with tempfile.TemporaryDirectory() as path:
            folder = Path(path)
            for name, text in _FILES.items():
                (folder / name).write_text(text, encoding="utf-8")
            (folder / "cells.lib").write_text(self.library.text, encoding="utf-8")
            (folder / "area.abc").write_text(
                _FOR_DELAY if self.timed else _FOR_AREA, encoding="utf-8"
            )
            (folder / "drive.sdc").write_text(
                _DRIVE.format(driver=self.library.driver), encoding="utf-8"
            )
            stubs = [modules[child].stub for child in module.children]
            (folder / "module.il").write_text("".join([*stubs, module.text]), encoding="utf-8")
            run_yosys(self._script(module), folder=folder)
            return self._read(folder, module)

    def _script(self, module: Module) -> str:
        around = [f"t:{name}" for name in (_SRAM, *module.children)]
        ends = " ".join([*(f"t:{name}" for name in sorted(self.library.flip_flops)), *around])
        script = _SCRIPT.format(
            sram_min_bits=SRAM_MIN_BITS,
            names=f"dump -o ends.il {ends}" if self.timed else "",
            keep="-nocleanup -showtmp" if self.timed else "",
        )
        if not self.opensta:
            return script
        evert = f"expose -evert {' '.join(around)}"
        return script + _WRITE_NETLIST.format(evert=evert, netlist=NETLIST)

    def _read(self, folder: Path, module: Module) -> MappedModule:
        report = json.loads((folder / "cells.json").read_text(encoding="utf-8"))
        counts: dict[str, int] = report["modules"][f"\\{module.name}"]["num_cells_by_type"]
        counts.pop(_SRAM, None)
        children = {name: counts.pop(name) for name in module.children if name in counts}
        foreign = sorted(set(counts) - set(self.library.cells))
        if foreign:
            raise RuntimeError(
                f"yosys must map all cells of module {module.name} to {self.library.name}, "
                f"not leave {', '.join(foreign)}"
            )
        path = self._path(folder, module)
        return MappedModule(counts, children, _memories(folder / "sram.il"), path)

    def _path(self, folder: Path, module: Module) -> DelayPath | None:
        path = read_path(folder) if self.timed else None
        if path is None or not self.opensta:
            return path
        return time_path(folder, module.name, self.library)


def generic_flow() -> Flow:
    """Gates of ``cells.lib``, whose area is counted in transistors; no delays."""
    return Flow(parse_liberty(_FILES["cells.lib"], "cells.lib"), timed=False)


def asic_flow(library: Library, opensta: str = "") -> Flow:
    """Cells of a process, sized and buffered for delay; paths from OpenSTA if its version is given.

    See Also
    --------
    grus.synth.static_timing.opensta_version
    """
    return Flow(library, timed=True, opensta=opensta)


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
