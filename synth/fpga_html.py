"""One HTML page about what designs take of an FPGA, that needs no other file."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from grus.page import html_page, html_row, html_table
from grus.synth.fpga import FpgaReport

__all__ = ["HEADINGS", "fpga_html"]

HEADINGS = ("LUTs", "flip-flops", "DSPs", "block RAMs")  # the fields of Resources


def fpga_html(reports: Mapping[str, FpgaReport]) -> str:
    """Write a page: for each design its blocks, then its modules.

    Parameters
    ----------
    reports : mapping of str to FpgaReport
        Designs by name, all made by one flow.

    Returns
    -------
    str
        HTML with its style inside.
    """
    first = next(iter(reports.values()))
    title = f"What {', '.join(reports)} take{'' if len(reports) > 1 else 's'} of an FPGA"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(first.tool)}; {escape(first.device)}; before place and route.</p>",
    ]
    for name, report in reports.items():
        parts += [f"<h2>{escape(name)}</h2>", _blocks(report), _modules(report)]
    return html_page(title, parts)


def _blocks(report: FpgaReport) -> str:
    rows = [
        html_row([name, *(f"{count:,}" for count in taken)])
        for name, taken in report.blocks.items()
    ]
    rows.append(html_row(["all", *(f"{count:,}" for count in report.total)], "sum"))
    rows.append(html_row([f"of {report.device}", *(f"{share:.1%}" for share in report.shares)]))
    return html_table(["block", *HEADINGS], rows)


def _modules(report: FpgaReport) -> str:
    rows = [
        html_row([module.name, str(module.instances), *(f"{count:,}" for count in module.own)])
        for module in report.modules
    ]
    return html_table(["module", "instances", *(f"{h} each" for h in HEADINGS)], rows)
