"""``grus cost`` for FPGAs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.table import Table

from grus.cli.mapping_progress import mapping_progress
from grus.cli.output import console, empty_table, write_json, write_text
from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig
from grus.synth.emission import Top, emit_design
from grus.synth.fpga import FpgaReport, report_fpga
from grus.synth.fpga_flow import FpgaFlow, Resources
from grus.synth.fpga_html import HEADINGS, fpga_html
from grus.synth.yosys import yosys_version

__all__ = ["cost_fpga"]


def cost_fpga(
    configs: Mapping[str, CraneConfig],
    top: Top,
    axi: AxiConfig,
    target: str,
    json_path: Path | None,
    report_path: Path | None,
) -> None:
    """Map designs to primitives of an FPGA, show what they take, and write it."""
    yosys_version()  # before designs are generated, which takes long
    reports = {}
    for name, config in configs.items():
        with mapping_progress(name) as show:
            rtlil = emit_design(config, top, axi)
            reports[name] = report_fpga(rtlil, FpgaFlow(target), progress=show)
    for name, report in reports.items():
        console.print(_blocks(report, f"{name}, {top}"))
    if len(reports) > 1:
        console.print(_side(reports))
    first = next(iter(reports.values()))
    console.print(f"{first.tool}; before place and route; shares are of an {first.device}.")
    designs = [
        {"design": configs[name].to_dict(), **report.to_dict()} for name, report in reports.items()
    ]
    write_json(json_path, {"target": target, "top": top, "designs": designs})
    if report_path is not None:
        write_text(report_path, fpga_html(reports))


def _table(title: str, first: str) -> Table:
    table = empty_table(title)
    table.add_column(first, no_wrap=True)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _blocks(report: FpgaReport, title: str) -> Table:
    table = _table(title, "block")
    for name, taken in report.blocks.items():
        table.add_row(name, *_counts(taken))
    table.add_section()
    table.add_row("all", *_counts(report.total))
    table.add_row(f"share of {report.device}", *(f"{share:.1%}" for share in report.shares))
    return table


def _side(reports: Mapping[str, FpgaReport]) -> Table:
    """One row per design: all that it takes, with ratios to the first."""
    first = next(iter(reports.values())).total
    table = _table("designs (ratio to the first)", "design")
    for name, report in reports.items():
        cells = [
            f"{count:,}" + (f" ({count / base:.3f})" if base else "")
            for count, base in zip(report.total, first, strict=True)
        ]
        table.add_row(name, *cells)
    return table


def _counts(taken: Resources) -> list[str]:
    return [f"{count:,}" if count else "" for count in taken]
