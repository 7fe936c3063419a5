"""Cost of a design, module by module."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from amaranth.lib import wiring

from grus.hw.emit import to_rtlil
from grus.synth.blocks import BLOCKS, OTHER, SRAMS
from grus.synth.design_path_cache import keep_design_path
from grus.synth.flow import Flow, MappedModule, generic_flow
from grus.synth.instances import count_instances
from grus.synth.mapping import Progress, map_modules
from grus.synth.report import AreaReport, BlockArea, ModuleArea, Sram
from grus.synth.rtlil import split_modules
from grus.synth.sram import SramTable, read_sram_table
from grus.synth.yosys import yosys_version

__all__ = ["report_area", "report_rtlil"]


def report_area(
    component: wiring.Component,
    flow: Flow | None = None,
    *,
    sram_table: SramTable | None = None,
    progress: Progress | None = None,
) -> AreaReport:
    """Map a component and all below it; see :func:`report_rtlil`."""
    yosys_version()  # before the design is converted, which takes long
    return report_rtlil(to_rtlil(component), flow, sram_table=sram_table, progress=progress)


def report_rtlil(
    rtlil: str,
    flow: Flow | None = None,
    *,
    sram_table: SramTable | None = None,
    progress: Progress | None = None,
) -> AreaReport:
    """Map all modules of a design.

    Each distinct module is mapped by itself and multiplied by its instances: nothing is optimised
    across the borders of modules. Wires, clock tree and scan chains cost nothing.

    Parameters
    ----------
    rtlil : str
        The design, as :func:`grus.hw.emit.to_rtlil` writes it.
    flow : Flow, optional
        Cells, and whether delays are looked for; gates of ``cells.lib`` if left out.
    sram_table : SramTable, optional
        What macros cost; ``sram.toml`` if left out.
    progress : callable, optional
        Called as ``progress(done, total, name)`` at the start and after each module that must be
        mapped; never if all are known from an earlier run.

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
    ValueError
        If the table lacks a macro that the design needs.

    See Also
    --------
    grus.synth.flow : The passes, and which memories become SRAMs.
    """
    flow, sram_table = flow or generic_flow(), sram_table or read_sram_table()
    modules = split_modules(rtlil)
    mapped = map_modules(modules, flow, progress=progress)
    counts = count_instances(modules, mapped)
    areas = _module_areas(mapped, counts, flow)
    srams = _srams(mapped, counts, sram_table)
    top = list(modules)[-1]
    return AreaReport(
        top=top,
        tool=yosys_version(),
        library=flow.library.name,
        sram_table=sram_table.name,
        timer=flow.timer,
        nand2_um2=flow.library.nand2_area if flow.timed else None,
        area_ge=areas[top].total_area_ge,
        sram_ge=sum(sram.count * sram.area_ge for sram in srams),
        flip_flops=areas[top].total_flip_flops,
        sram_bits=areas[top].total_sram_bits,
        blocks=_block_areas(areas, counts, srams),
        modules=tuple(sorted(areas.values(), key=lambda area: -area.area_ge * area.instances)),
        srams=srams,
        path=keep_design_path(modules, mapped, flow) if flow.timed else None,
    )


def _module_areas(
    mapped: Mapping[str, MappedModule], counts: Mapping[str, Counter[str]], flow: Flow
) -> dict[str, ModuleArea]:
    """Children stand before parents, so their totals are known."""
    cells, nand2_area = flow.library.cells, flow.library.nand2_area
    areas: dict[str, ModuleArea] = {}
    for name, module in mapped.items():
        inside = [(areas[child], times) for child, times in module.children.items()]
        area_ge = sum(cells[cell].area * count for cell, count in module.cells.items()) / nand2_area
        flip_flops = sum(n for cell, n in module.cells.items() if cells[cell].is_flip_flop)
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
            path=module.path,
        )
    return areas


def _block_areas(
    areas: Mapping[str, ModuleArea], counts: Mapping[str, Counter[str]], srams: tuple[Sram, ...]
) -> tuple[BlockArea, ...]:
    area_ge = dict.fromkeys((*BLOCKS, OTHER), 0.0)
    flip_flops = dict.fromkeys(area_ge, 0)
    slowest: dict[str, ModuleArea] = {}
    for name, area in areas.items():
        for block, instances in counts[name].items():
            area_ge[block] += instances * area.area_ge
            flip_flops[block] += instances * area.flip_flops
            if _delay_ps(area) > _delay_ps(slowest.get(block)):
                slowest[block] = area
    sram_ge = sum(sram.count * sram.area_ge for sram in srams)
    everything = (sum(area_ge.values()) + sram_ge) or 1.0
    blocks = [
        BlockArea(
            name=block,
            area_ge=area_ge[block],
            flip_flops=flip_flops[block],
            share=area_ge[block] / everything,
            sram_bits=0,
            slowest=slowest[block].name if block in slowest else "",
            path=slowest[block].path if block in slowest else None,
        )
        for block in area_ge
        if area_ge[block]
    ]
    if srams:
        macros = BlockArea(
            name=SRAMS,
            area_ge=sram_ge,
            flip_flops=0,
            share=sram_ge / everything,
            sram_bits=sum(sram.total_bits for sram in srams),
            slowest="",
            path=None,
        )
        blocks.append(macros)
    return tuple(blocks)


def _delay_ps(area: ModuleArea | None) -> float:
    return area.path.delay_ps if area and area.path else 0.0


def _srams(
    mapped: Mapping[str, MappedModule], counts: Mapping[str, Counter[str]], table: SramTable
) -> tuple[Sram, ...]:
    srams = [
        Sram(
            module=name,
            count=counts[name].total(),
            **memory._asdict(),
            **table.cost(memory)._asdict(),
        )
        for name, module in mapped.items()
        for memory in module.memories
    ]
    return tuple(sorted(srams, key=lambda sram: (-sram.total_bits, sram.module, sram.name)))
