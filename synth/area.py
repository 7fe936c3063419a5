"""Area of a design, module by module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from amaranth.lib import wiring

from grus.hw.emit import to_rtlil
from grus.synth.blocks import BLOCKS, OTHER, SRAMS, block_of
from grus.synth.flow import MappedModule, cell_areas
from grus.synth.mapping import Progress, map_modules
from grus.synth.report import AreaReport, BlockArea, ModuleArea, Sram
from grus.synth.rtlil import Module, split_modules
from grus.synth.yosys import yosys_version

__all__ = ["report_area"]

_FLIP_FLOP = "DFF"


def report_area(component: wiring.Component, *, progress: Progress | None = None) -> AreaReport:
    """Map a component and all below it to the cells of ``cells.lib``.

    Each distinct module is mapped by itself and multiplied by its instances: nothing is optimised
    across the borders of modules. Wires, clock tree and scan chains cost nothing.

    Parameters
    ----------
    component : Component
        The design.
    progress : callable, optional
        Called as ``progress(done, total, name)`` before each module that must be mapped, and once
        at the end; never if all are known from an earlier run.

    Returns
    -------
    AreaReport
        Areas [NAND2 equivalents] by block and by module; SRAMs by geometry.

    Raises
    ------
    MissingToolError
        If Yosys is not installed.
    RuntimeError
        If Yosys rejects the design.

    See Also
    --------
    grus.synth.flow : The passes, and which memories become SRAMs.
    """
    tool = yosys_version()  # before the design is converted, which takes long
    modules = split_modules(to_rtlil(component))
    mapped = map_modules(modules, progress=progress)
    counts = _count_instances(modules, mapped)
    areas = _module_areas(mapped, counts)
    top = list(modules)[-1]
    return AreaReport(
        top=top,
        tool=tool,
        area_ge=areas[top].total_area_ge,
        flip_flops=areas[top].total_flip_flops,
        sram_bits=areas[top].total_sram_bits,
        blocks=_block_areas(areas, counts),
        modules=tuple(sorted(areas.values(), key=lambda area: -area.area_ge * area.instances)),
        srams=_srams(mapped, counts),
    )


def _count_instances(
    modules: Mapping[str, Module], mapped: Mapping[str, MappedModule]
) -> dict[str, Counter[str]]:
    """Instances of each module in the whole design, by block."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in modules}
    parents_first = list(modules)[::-1]
    top = parents_first[0]
    counts[top][block_of(modules[top].class_name)] = 1
    for name in parents_first:
        for child, times in mapped[name].children.items():
            for block, instances in counts[name].items():
                block = block_of(modules[child].class_name, block)
                counts[child][block] += times * instances
    return counts


def _module_areas(
    mapped: Mapping[str, MappedModule], counts: Mapping[str, Counter[str]]
) -> dict[str, ModuleArea]:
    """Children stand before parents, so their totals are known."""
    cell_area = cell_areas()
    areas: dict[str, ModuleArea] = {}
    for name, module in mapped.items():
        inside = [(areas[child], times) for child, times in module.children.items()]
        area_ge = sum(cell_area[cell] * count for cell, count in module.cells.items())
        flip_flops = module.cells.get(_FLIP_FLOP, 0)
        sram_bits = sum(memory.words * memory.word_bits for memory in module.memories)
        areas[name] = ModuleArea(
            name=name,
            block=next(iter(counts[name])) if len(counts[name]) == 1 else "",
            instances=counts[name].total(),
            area_ge=area_ge,
            flip_flops=flip_flops,
            total_area_ge=area_ge + sum(n * child.total_area_ge for child, n in inside),
            total_flip_flops=flip_flops + sum(n * child.total_flip_flops for child, n in inside),
            total_sram_bits=sram_bits + sum(n * child.total_sram_bits for child, n in inside),
            cells=dict(sorted(module.cells.items())),
        )
    return areas


def _block_areas(
    areas: Mapping[str, ModuleArea], counts: Mapping[str, Counter[str]]
) -> tuple[BlockArea, ...]:
    area_ge = dict.fromkeys((*BLOCKS, OTHER), 0.0)
    flip_flops = dict.fromkeys(area_ge, 0)
    for name, area in areas.items():
        for block, instances in counts[name].items():
            area_ge[block] += instances * area.area_ge
            flip_flops[block] += instances * area.flip_flops
    everything = sum(area_ge.values()) or 1.0
    blocks = [
        BlockArea(
            name=block,
            area_ge=area_ge[block],
            flip_flops=flip_flops[block],
            share=area_ge[block] / everything,
            sram_bits=0,
        )
        for block in area_ge
        if area_ge[block]
    ]
    bits = list(areas.values())[-1].total_sram_bits
    if bits:
        blocks.append(BlockArea(name=SRAMS, area_ge=0.0, flip_flops=0, share=0.0, sram_bits=bits))
    return tuple(blocks)


def _srams(
    mapped: Mapping[str, MappedModule], counts: Mapping[str, Counter[str]]
) -> tuple[Sram, ...]:
    srams = [
        Sram(module=name, count=counts[name].total(), **memory._asdict())
        for name, module in mapped.items()
        for memory in module.memories
    ]
    return tuple(sorted(srams, key=lambda sram: (-sram.total_bits, sram.module, sram.name)))
