"""What designs take of an FPGA, block by block."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grus.synth.blocks import BLOCKS, OTHER
from grus.synth.fpga_flow import FpgaFlow, Resources
from grus.synth.instances import count_instances
from grus.synth.mapping import Progress, map_modules
from grus.synth.rtlil import split_modules
from grus.synth.yosys import yosys_version

__all__ = ["FpgaReport", "ModuleUse", "report_fpga"]


@dataclass(frozen=True, kw_only=True)
class ModuleUse:
    """What one distinct module takes.

    Attributes
    ----------
    name : str
        Module.
    instances : int
        Its instances in the whole design.
    own : Resources
        One instance without its children.
    primitives : dict of str to int
        What it is made of.
    """

    name: str
    instances: int
    own: Resources
    primitives: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class FpgaReport:
    """What a design takes of an FPGA, before place and route.

    Attributes
    ----------
    top : str
        Name of the top module.
    tool, family : str
        Yosys and its version, and the kind of FPGA.
    device : str
        The device that it is compared with.
    device_has : Resources
        What that device has.
    total : Resources
        The whole design.
    blocks : dict of str to Resources
        By block, in the order of the table; those without anything are left out.
    modules : tuple of ModuleUse
        Distinct modules, those with most look-up tables first.
    """

    top: str
    tool: str
    family: str
    device: str
    device_has: Resources
    total: Resources
    blocks: dict[str, Resources]
    modules: tuple[ModuleUse, ...]

    @property
    def shares(self) -> tuple[float, ...]:
        """Parts of the device's resources, in the order of :class:`Resources`; 1 is all."""
        return tuple(a / b for a, b in zip(self.total, self.device_has, strict=True))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        modules = [
            {
                "name": module.name,
                "instances": module.instances,
                **module.own._asdict(),
                "primitives": module.primitives,
            }
            for module in self.modules
        ]
        return {
            **{"top": self.top, "tool": self.tool, "family": self.family},
            **{"device": self.device, "device_has": self.device_has._asdict()},
            **self.total._asdict(),
            "blocks": [{"name": n, **taken._asdict()} for n, taken in self.blocks.items()],
            "modules": modules,
        }


def report_fpga(rtlil: str, flow: FpgaFlow, *, progress: Progress | None = None) -> FpgaReport:
    """Map all modules of a design to primitives.

    Each distinct module is mapped by itself and multiplied by its instances: nothing is optimised
    across the borders of modules.

    Parameters
    ----------
    rtlil : str
        The design, as :func:`grus.hw.emit.to_rtlil` writes it.
    flow : FpgaFlow
        The kind of FPGA.
    progress : callable, optional
        As in :func:`grus.synth.mapping.map_modules`.

    Raises
    ------
    MissingToolError
        If Yosys is not installed.
    RuntimeError
        If Yosys rejects the design.
    """
    yosys_version()
    modules = split_modules(rtlil)
    mapped = map_modules(modules, flow, progress=progress)
    counts = count_instances(modules, mapped)
    own = {name: flow.resources(module) for name, module in mapped.items()}
    uses = [
        ModuleUse(
            name=name,
            instances=counts[name].total(),
            own=own[name],
            primitives=dict(sorted(module.cells.items())),
        )
        for name, module in mapped.items()
    ]
    blocks = _blocks(own, counts)
    total = Resources()
    for taken in blocks.values():
        total = total.plus(taken)
    return FpgaReport(
        top=list(modules)[-1],
        tool=yosys_version(),
        family=flow.name,
        device=flow.family.device,
        device_has=flow.family.has,
        total=total,
        blocks=blocks,
        modules=tuple(sorted(uses, key=lambda use: (-use.own.luts * use.instances, use.name))),
    )


def _blocks(
    own: Mapping[str, Resources], counts: Mapping[str, Mapping[str, int]]
) -> dict[str, Resources]:
    blocks = dict.fromkeys((*BLOCKS, OTHER), Resources())
    for name, taken in own.items():
        for block, instances in counts[name].items():
            blocks[block] = blocks[block].plus(taken, instances)
    return {name: taken for name, taken in blocks.items() if any(taken)}
