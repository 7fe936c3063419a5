"""HTML pages that need no other file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["html_page", "html_row", "html_table"]

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; color: #222; }
table { border-collapse: collapse; margin: 1em 0; }
th, td { padding: .2em .8em; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
tr.sum td { font-weight: 600; border-top: 2px solid #888; }
td.text { text-align: left; font-family: monospace; }
div.wide { overflow-x: auto; }
p.synthetic { font-weight: 600; color: #a33; }
"""


def html_page(title: str, parts: Iterable[str], style: str = "") -> str:
    """Join parts to a page.

    Parameters
    ----------
    title : str
        Plain text.
    parts : iterable of str
        HTML elements, the heading among them.
    style : str
        CSS beside that of all pages.
    """
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        f"</title><style>{_STYLE}{style}</style></head><body>\n{body}\n</body></html>\n"
    )


def html_table(head: Iterable[str], rows: Iterable[str]) -> str:
    """A table of rows made by :func:`html_row`; headings are plain text."""
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>\n" + "\n".join(rows) + "</tbody></table>"


def html_row(cells: Sequence[str], style: str = "", *, text: int = 0) -> str:
    """A row of plain texts; the last `text` cells hold names."""
    numbers = len(cells) - text
    kinds = [""] * numbers + [' class="text"'] * text
    inside = "".join(
        f"<td{kind}>{escape(cell)}</td>" for kind, cell in zip(kinds, cells, strict=True)
    )
    return f'<tr class="{style}">{inside}</tr>' if style else f"<tr>{inside}</tr>"
