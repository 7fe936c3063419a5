"""Tables for notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

__all__ = ["html_table"]


def html_table(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], notes: Iterable[str] = ()
) -> str:
    """A table with a title, and notes below it; all texts are escaped."""

    def row(cells: Sequence[object], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    below = "".join(f"<div>{escape(note)}</div>" for note in notes)
    return (
        f"<table><caption>{escape(title)}</caption><thead>{row(headings, 'th')}</thead>"
        f"<tbody>{body}</tbody></table>{below}"
    )
