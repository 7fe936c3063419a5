"""One HTML page about the cost of designs, that needs no other file."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from grus.page import html_page, html_row, html_table
from grus.synth.blocks import BLOCKS, OTHER, SRAMS
from grus.synth.delay import Path
from grus.synth.paths import LONG, long_paths
from grus.synth.power_html import power_section
from grus.synth.power_report import PowerReport
from grus.synth.report import AreaReport
from grus.synth.treemap import Tile, treemap

__all__ = ["html_report"]

_COLOURS = dict(
    zip(
        (*BLOCKS, OTHER, SRAMS),
        (
            *("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1"),
            *("#76b7b2", "#edc948", "#9c755f", "#bab0ac", "#8cd17d"),
        ),
        strict=True,
    )
)
_STYLE = "svg text { font: 12px system-ui, sans-serif; fill: #fff; }\n"


def html_report(
    reports: Mapping[str, AreaReport],
    reference: Path | None = None,
    powers: Mapping[str, PowerReport] | None = None,
) -> str:
    """Write a page: the blocks side by side, then each design as a map of its modules.

    Parameters
    ----------
    reports : mapping of str to AreaReport
        Designs by name, all made by one flow.
    reference : Path, optional
        The path of a multiplier, if the flow has delays.
    powers : mapping of str to PowerReport, optional
        Power of the same designs.

    Returns
    -------
    str
        HTML with its style and drawings inside.
    """
    first = next(iter(reports.values()))
    title = f"What {', '.join(reports)} cost{'' if len(reports) > 1 else 's'}"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(first.tool)}; cells: {escape(first.library)}; "
        f"SRAMs: {escape(first.sram_table)}. Without wires, clock tree and scan chains.</p>",
        _table(reports, powers or {}),
    ]
    for name, report in reports.items():
        parts += [f"<h2>{escape(name)}</h2>", _map(report)]
        if reference is not None:
            parts.append(_paths(report, reference))
        if powers and name in powers:
            parts.append(power_section(powers[name]))
        parts.append(_srams(report))
    return html_page(title, parts, _STYLE)


def _unit(report: AreaReport) -> tuple[str, float]:
    return ("NAND2", 1.0) if report.nand2_um2 is None else ("um2", report.nand2_um2)


def _table(reports: Mapping[str, AreaReport], powers: Mapping[str, PowerReport]) -> str:
    head = ["block"]
    for name, report in reports.items():
        head += [f"{name} [{_unit(report)[0]}]", "share", "flip-flops"]
        head += ["path [ps]"] if report.nand2_um2 is not None else []
        head += ["power [mW]"] if name in powers else []
    rows = []
    for block_name in _COLOURS:
        cells = [block_name]
        for name, report in reports.items():
            found = [block for block in report.blocks if block.name == block_name]
            timed = report.nand2_um2 is not None
            if not found:
                cells += [""] * (3 + timed + (name in powers))
                continue
            block = found[0]
            cells += [f"{block.area_ge * _unit(report)[1]:,.0f}", f"{block.share:.1%}"]
            cells.append(f"{block.flip_flops:,}")
            cells += [f"{block.path.delay_ps:,.0f}" if block.path else ""] if timed else []
            cells += [f"{powers[name].block(block_name).total:,.2f}"] if name in powers else []
        if any(cells[1:]):
            rows.append(html_row(cells))
    sums = ["all"]
    for name, report in reports.items():
        slowest = report.by_delay[:1]
        sums += [f"{report.total_ge * _unit(report)[1]:,.0f}", "", f"{report.flip_flops:,}"]
        if report.nand2_um2 is not None:
            path = slowest[0].path if slowest else None
            sums.append(f"{path.delay_ps:,.0f}" if path else "")
        sums += [f"{powers[name].power.total:,.2f}"] if name in powers else []
    rows.append(html_row(sums, "sum"))
    return html_table(head, rows)


def _map(report: AreaReport) -> str:
    """Rectangles as large as blocks, and in them as large as modules."""
    tiles = []
    for block in report.blocks:
        parts = [
            Tile(f"{m.name} x{m.instances}", m.area_ge * m.instances)
            for m in report.modules
            if m.block == block.name
        ]
        if block.name == SRAMS:
            parts = [Tile(f"{s.module} {s.name}", s.area_ge * s.count) for s in report.srams]
        rest = block.area_ge - sum(part.size for part in parts)
        if rest > 0.001 * report.total_ge:
            parts.append(Tile("shared modules", rest))
        tiles.append(Tile(block.name, block.area_ge, tuple(parts), _COLOURS[block.name]))
    return treemap(tiles)


def _paths(report: AreaReport, reference: Path) -> str:
    long = {module.name for module in long_paths(report, reference)}
    rows = []
    for module in report.by_delay[: max(len(long), 10)]:
        path = module.path
        if path is not None:
            mark = "longer" if module.name in long else ""
            ratio = f"{path.delay_ps / reference.delay_ps:.2f}"
            cells = [module.name, f"{path.delay_ps:,.0f}", str(path.gates), ratio, mark]
            rows.append(html_row([*cells, path.start, path.end], text=2))
    head = ["module", "path [ps]", "gates", "multipliers", f"than {LONG}", "from", "to"]
    return (
        f"<p>Longest paths, by {escape(report.timer)}, without wires and paths through several "
        f"modules; a 16 x 16 bit multiplier has {reference.delay_ps:,.0f} ps.</p>"
        + html_table(head, rows)
    )


def _srams(report: AreaReport) -> str:
    head = ["SRAM", "words", "bits", "ports", "count", _unit(report)[0], "read [pJ]", "write [pJ]"]
    rows = [
        html_row(
            [
                *(f"{s.module} {s.name}", f"{s.words:,}", f"{s.word_bits:,}"),
                *(f"{s.read_ports}R{s.write_ports}W", str(s.count)),
                *(f"{s.area_ge * _unit(report)[1]:,.0f}", f"{s.read_pj:.1f}", f"{s.write_pj:.1f}"),
            ]
        )
        for s in report.srams
    ]
    return html_table(head, rows) if rows else ""
