"""What ``grus cost`` shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich.table import Table

from grus.cli.output import empty_table
from grus.synth.blocks import BLOCKS, OTHER, SRAMS
from grus.synth.delay import Path
from grus.synth.design_path import DesignPath
from grus.synth.paths import LONG, long_paths
from grus.synth.report import AreaReport, BlockArea

__all__ = ["cost_table", "critical_path", "path_table", "through_modules"]

Shown = Callable[[BlockArea], str]


def cost_table(reports: Mapping[str, AreaReport], title: str) -> Table:
    """Blocks of one design, or of several side by side with ratios to the first."""
    if len(reports) == 1:
        return _blocks(next(iter(reports.values())), title)
    return _side(reports, title)


def _blocks(report: AreaReport, title: str) -> Table:
    """One row per block: area, share of logic and macros, flip-flops, bits, longest path."""
    nand2_um2 = report.nand2_um2
    columns: dict[str, Shown] = {
        "NAND2": lambda block: f"{block.area_ge:,.0f}",
        "um2": lambda block: f"{block.area_ge * (nand2_um2 or 0):,.0f}",
        "share": lambda block: f"{block.share:.1%}",
        "flip-flops": lambda block: f"{block.flip_flops:,}" if block.flip_flops else "",
        "SRAM bits": lambda block: f"{block.sram_bits:,}" if block.sram_bits else "",
        "path \\[ps]": lambda block: f"{block.path.delay_ps:,.0f}" if block.path else "",
    }
    unused = ("um2", "path \\[ps]") if nand2_um2 is None else ("NAND2",)
    columns = {heading: show for heading, show in columns.items() if heading not in unused}
    table = empty_table(title)
    table.add_column("block", no_wrap=True)
    for heading in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for block in report.blocks:
        table.add_row(block.name, *(show(block) for show in columns.values()))
    table.add_section()
    everything = _everything(report)
    table.add_row("all", *(show(everything) for show in columns.values()))
    return table


def _everything(report: AreaReport) -> BlockArea:
    slowest = report.by_delay[:1]
    return BlockArea(
        name="all",
        area_ge=report.total_ge,
        flip_flops=report.flip_flops,
        share=1.0,
        sram_bits=report.sram_bits,
        slowest=slowest[0].name if slowest else "",
        path=slowest[0].path if slowest else None,
    )


def _side(reports: Mapping[str, AreaReport], title: str) -> Table:
    """One row per block, and for each design its area, and the ratio to the first design's."""
    first = next(iter(reports.values()))
    unit = "NAND2" if first.nand2_um2 is None else "um2"
    table = empty_table(f"{title} [{unit}]".replace("[", "\\["))
    table.add_column("block", no_wrap=True)
    for index, name in enumerate(reports):
        table.add_column(name, justify="right")
        if index:
            table.add_column("ratio", justify="right", no_wrap=True)
    rows = {name: [_area(report, name) for report in reports.values()] for name in _names(reports)}
    sums: dict[str, list[float]] = {
        "all logic": [report.area_ge * _unit(report) for report in reports.values()],
        "all": [report.total_ge * _unit(report) for report in reports.values()],
        "flip-flops": [report.flip_flops for report in reports.values()],
        "SRAM bits": [report.sram_bits for report in reports.values()],
    }
    if first.nand2_um2 is not None:
        sums["longest path \\[ps]"] = [
            path.delay_ps if (path := _everything(report).path) else 0.0
            for report in reports.values()
        ]
    for name, values in rows.items():
        table.add_row(name, *_with_ratios(values))
    table.add_section()
    for name, values in sums.items():
        table.add_row(name, *_with_ratios(values))
    return table


def _names(reports: Mapping[str, AreaReport]) -> list[str]:
    there = {block.name for report in reports.values() for block in report.blocks}
    return [name for name in (*BLOCKS, OTHER, SRAMS) if name in there]


def _area(report: AreaReport, name: str) -> float:
    return sum(block.area_ge for block in report.blocks if block.name == name) * _unit(report)


def _unit(report: AreaReport) -> float:
    return 1.0 if report.nand2_um2 is None else report.nand2_um2


def _with_ratios(values: list[float]) -> list[str]:
    cells = [f"{values[0]:,.0f}"]
    for value in values[1:]:
        cells += [f"{value:,.0f}", f"{value / values[0]:.3f}" if values[0] else ""]
    return cells


def critical_path(report: AreaReport) -> str:
    """The longest path of a design, in a sentence."""
    slowest = report.by_delay[0]
    path = slowest.path
    if path is None:
        return "No path."
    return (
        f"Critical path, by {report.timer}: {path.delay_ps:,.0f} ps, {path.gates} gates, "
        f"in {slowest.name}, from {path.start} to {path.end}."
    )


def through_modules(path: DesignPath, reference: DesignPath) -> str:
    """The longest path through all modules, in a sentence."""
    legs = ", ".join(f"{leg.place or 'the top'} {leg.delay_ps:,.0f}" for leg in path.legs)
    return (
        f"Through all modules: {path.delay_ps:,.0f} ps, {path.gates} gates, "
        f"{path.delay_ps / reference.delay_ps:.2f} multipliers of {reference.delay_ps:,.0f} ps, "
        f"from {path.start} to {path.end}; in {legs}."
    )


def path_table(report: AreaReport, reference: Path, title: str) -> Table:
    """Modules whose path is much longer than a multiplier's."""
    table = empty_table(f"{title}: paths of more than {LONG} multipliers")
    table.add_column("module", no_wrap=True)
    for heading in ("ps", "multipliers"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("from", "to"):
        table.add_column(heading, overflow="fold")
    for module in long_paths(report, reference):
        path = module.path
        if path is not None:
            ratio = path.delay_ps / reference.delay_ps
            table.add_row(
                *(module.name, f"{path.delay_ps:,.0f}", f"{ratio:.2f}"),
                *(path.start, path.end),
            )
    return table
