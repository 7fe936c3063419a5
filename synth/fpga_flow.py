"""The way from a module's RTLIL to primitives of an FPGA."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from grus.synth.flow import MappedModule
from grus.synth.rtlil import Module
from grus.synth.yosys import run_yosys, yosys_version

__all__ = ["FAMILIES", "Family", "FpgaFlow", "Resources"]


class Resources(NamedTuple):
    """What a part takes of an FPGA, or what an FPGA has.

    Attributes
    ----------
    luts : int
        Look-up tables of four inputs.
    flip_flops : int
        Flip-flops.
    dsps : int
        Multipliers.
    block_rams : int
        Block RAMs.
    """

    luts: int = 0
    flip_flops: int = 0
    dsps: int = 0
    block_rams: int = 0

    def plus(self, other: Resources, times: int = 1) -> Resources:
        """Add `times` of another."""
        return Resources(*(a + times * b for a, b in zip(self, other, strict=True)))


class Family(NamedTuple):
    """FPGAs of one kind.

    Attributes
    ----------
    command : str
        Yosys' commands for it; the last one is the synthesis.
    primitives : dict of str to Resources
        What each primitive takes; those that are not named take nothing of their own.
    device : str
        A large one of its devices.
    has : Resources
        What that device has.
    """

    command: str
    primitives: dict[str, Resources]
    device: str
    has: Resources

    def resources(self, cells: Mapping[str, int]) -> Resources:
        """What cells take, by name and count."""
        total = Resources()
        for name, count in cells.items():
            total = total.plus(self.primitives.get(name, Resources()), count)
        return total


_LUT, _FLIP_FLOP = Resources(luts=1), Resources(flip_flops=1)
_DSP, _BLOCK_RAM = Resources(dsps=1), Resources(block_rams=1)
_ICE40_FLIP_FLOPS = [
    f"SB_DFF{edge}{enable}{reset}"
    for edge in ("", "N")
    for enable in ("", "E")
    for reset in ("", "R", "S", "SR", "SS")
]
# Wide multiplexers and carries sit behind the look-up tables that they belong to. A carry of ECP5
# takes two tables with it; so do four bits of distributed RAM, beside the two of the slice that
# writes. Devices: data sheets FPGA-DS-02012 (ECP5) and FPGA-DS-02008 (iCE40 UltraPlus).
FAMILIES = {
    "ecp5": Family(
        "scratchpad -set abc9.D 20000\nsynth_ecp5",
        {
            "LUT4": _LUT,
            "CCU2C": Resources(luts=2),
            "TRELLIS_DPR16X4": Resources(luts=6),
            "TRELLIS_FF": _FLIP_FLOP,
            "MULT18X18D": _DSP,
            "DP16KD": _BLOCK_RAM,
            "PDPW16KD": _BLOCK_RAM,
        },
        "LFE5U-85F",
        Resources(luts=83_640, flip_flops=83_640, dsps=156, block_rams=208),
    ),
    "ice40": Family(
        "synth_ice40 -dsp -device u",
        {
            "SB_LUT4": _LUT,
            **dict.fromkeys(_ICE40_FLIP_FLOPS, _FLIP_FLOP),
            "SB_MAC16": _DSP,
            "SB_RAM40_4K": _BLOCK_RAM,
        },
        "iCE40UP5K",
        Resources(luts=5_280, flip_flops=5_280, dsps=8, block_rams=30),
    ),
}


class FpgaFlow(NamedTuple):
    """How designs are mapped to an FPGA.

    Attributes
    ----------
    name : str
        A key of :data:`FAMILIES`.
    """

    name: str

    @property
    def family(self) -> Family:
        """Its primitives."""
        return FAMILIES[self.name]

    @property
    def description(self) -> str:
        """Everything but the module that a result depends on."""
        return f"{yosys_version()}\n{self.family.command}"

    def map(self, module: Module, modules: Mapping[str, Module]) -> MappedModule:
        """Map one module of a design; its children stay as they are.

        Raises
        ------
        MissingToolError
            If Yosys is not installed.
        RuntimeError
            If Yosys rejects the module.
        """
        with tempfile.TemporaryDirectory() as path:
            folder = Path(path)
            stubs = [modules[child].stub for child in module.children]
            (folder / "module.il").write_text("".join([*stubs, module.text]), encoding="utf-8")
            script = (
                f"read_rtlil module.il\n{self.family.command} -top {module.name}\n"
                "tee -q -o cells.json stat -json\n"
            )
            run_yosys(script, folder=folder)
            report = json.loads((folder / "cells.json").read_text(encoding="utf-8"))
        counts: dict[str, int] = report["modules"][f"\\{module.name}"]["num_cells_by_type"]
        children = {name: counts.pop(name) for name in module.children if name in counts}
        return MappedModule(counts, children, (), None)

    def resources(self, module: MappedModule) -> Resources:
        """What one module takes, without its children."""
        return self.family.resources(module.cells)
