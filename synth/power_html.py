"""What an HTML page about costs says of power."""

from __future__ import annotations

from html import escape

from grus.page import html_row, html_table
from grus.synth.power_report import Power, PowerReport

__all__ = ["power_section"]


def power_section(report: PowerReport) -> str:
    """Blocks, and how far they can be relied on."""
    rows = [
        html_row([block.name, *_cells(block.power), f"{block.share:.1%}"])
        for block in report.blocks
    ]
    rows.append(html_row(["all", *_cells(report.power), "100.0%"], "sum"))
    head = ["power [mW]", *Power._fields, "all", "share"]
    return f"<p>{escape(report.summary)}</p>" + html_table(head, rows)


def _cells(power: Power) -> list[str]:
    return [f"{part:,.2f}" if part else "" for part in (*power, power.total)]
