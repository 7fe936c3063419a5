"""Bar and point charts as SVG, for pages and for files of their own."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import NamedTuple

__all__ = ["Bar", "Point", "bar_chart", "point_chart", "stack_charts"]

COLOURS = (
    *("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#b07aa1"),
    *("#76b7b2", "#edc948", "#9c755f", "#bab0ac", "#8cd17d"),
)
_BAR, _GAP = 15.0, 12.0  # widths [px]
_LEFT, _RIGHT, _PLOT = 64.0, 16.0, 220.0
_LINE = 16.0
_LETTER = 6.6  # about as wide as a letter of 12 pixels
_STYLE = "font: 12px system-ui, sans-serif"


class Bar(NamedTuple):
    """A bar of one or several parts, one on the other.

    Attributes
    ----------
    name : str
        What it stands for; written under it if it has several parts.
    parts : mapping of str to float
        Sizes by the names that the legend has.
    """

    name: str
    parts: Mapping[str, float]


class Point(NamedTuple):
    """A point with its name; `best` ones are joined by a line."""

    name: str
    x: float
    y: float
    best: bool = False


def bar_chart(
    title: str,
    groups: Mapping[str, Sequence[Bar]],
    *,
    unit: str = "",
    lines: Mapping[str, float] | None = None,
    caption: str = "",
) -> str:
    """Bars, group by group.

    Parameters
    ----------
    title : str
        Written over the chart.
    groups : mapping of str to sequence of Bar
        By the name that stands under the group.
    unit : str
        Of all sizes.
    lines : mapping of str to float
        Heights at which a line goes across, by what is written on it.
    caption : str
        Written under the title.

    Returns
    -------
    str
        An SVG element.
    """
    lines = lines or {}
    bars = [bar for group in groups.values() for bar in group]
    colours = _colours(part for bar in bars for part in bar.parts)
    heights = [sum(bar.parts.values()) for bar in bars]
    top_value, ticks = _scale(max([*heights, *lines.values()], default=0))
    width = _LEFT + _RIGHT + sum(len(group) * _BAR + _GAP for group in groups.values())
    width = max(width, 420.0, _LEFT + len(title) * _LETTER * 1.2)
    head, legend = _head(title, caption, unit, colours, width)
    bottom = head + _PLOT
    shapes, x, deepest = [*legend, *_axis(ticks, top_value, bottom, width)], _LEFT + _GAP / 2, 0.0
    for name, group in groups.items():
        middle = x + len(group) * _BAR / 2
        lowest = bottom + 4
        for bar in group:
            shapes += _bar(bar, name, x, bottom, top_value, colours, unit)
            if len(bar.parts) > 1:
                shapes.append(_upright(bar.name, x + _BAR / 2 + 4, bottom + 6))
                lowest = max(lowest, bottom + 10 + len(bar.name) * _LETTER)
            x += _BAR
        fits = len(name) * _LETTER <= len(group) * _BAR + _GAP
        shapes.append(
            _text(name, middle, lowest + 12, "middle")
            if fits
            else _upright(name, middle + 4, lowest + 2)
        )
        deepest = max(deepest, lowest + (20 if fits else 8 + len(name) * _LETTER))
        x += _GAP
    for name, value in lines.items():
        y = bottom - value / top_value * _PLOT
        shapes.append(_rule(_LEFT, width - _RIGHT, y, "#a33", "6 3"))
        shapes.append(_text(name, width - _RIGHT, y - 3, "end", "#a33"))
    return _svg(shapes, width, max(deepest, bottom) + 4)


def point_chart(title: str, points: Sequence[Point], *, x_title: str, y_title: str) -> str:
    """Points; the best are marked and joined in the order of x.

    Returns
    -------
    str
        An SVG element.
    """
    width, head = 760.0, 3 * _LINE
    bottom, plot = head + 1.6 * _PLOT, 1.6 * _PLOT
    x_top, x_ticks = _scale(max((point.x for point in points), default=0))
    y_top, y_ticks = _scale(max((point.y for point in points), default=0))

    def place(point: Point) -> tuple[float, float]:
        across = (width - _LEFT - _RIGHT - 60) * point.x / x_top
        return _LEFT + across, bottom - plot * point.y / y_top

    shapes = [_text(title, 0, 14, "start", weight="600"), _text(y_title, 0, head - 8, "start")]
    shapes += _axis(y_ticks, y_top, bottom, width, plot)
    for tick in x_ticks:
        shapes.append(_text(_number(tick), place(Point("", tick, 0))[0], bottom + 16, "middle"))
    shapes.append(_text(x_title, width - _RIGHT, bottom + 34, "end"))
    front = sorted((point for point in points if point.best), key=lambda point: point.x)
    if front:
        corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, front))
        shapes.append(
            f'<polyline points="{corners}" fill="none" stroke="{COLOURS[3]}" stroke-width="1.5"/>'
        )
    for point in points:
        x, y = place(point)
        colour = COLOURS[3] if point.best else COLOURS[8]
        told = f"{point.name}: {_number(point.x)}, {_number(point.y)}"
        shapes.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}">'
            f"<title>{escape(told)}</title></circle>"
        )
        if point.best:
            shapes.append(_text(point.name, x + 8, y - 6, "start"))
    return _svg(shapes, width, bottom + 44)


def stack_charts(charts: Sequence[str]) -> str:
    """Charts one below the other, as one SVG element for a file of its own."""
    width, height, placed = 0.0, 0.0, []
    for chart in charts:
        sizes = chart.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()
        inner = chart.split(">", 1)[1].removesuffix("</svg>")
        placed.append(f'<g transform="translate(0 {height:.0f})">{inner}</g>')
        width, height = max(width, float(sizes[0])), height + float(sizes[1]) + 12
    return _svg(
        [f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>', *placed], width, height
    )


def _bar(
    bar: Bar,
    group: str,
    x: float,
    bottom: float,
    top_value: float,
    colours: Mapping[str, str],
    unit: str,
) -> list[str]:
    shapes, below = [], 0.0
    for part, size in bar.parts.items():
        height = size / top_value * _PLOT
        y = bottom - below - height
        names = dict.fromkeys((group, bar.name, part))
        told = f"{', '.join(names)}: {_number(size)} {unit}".rstrip()
        shapes.append(
            f'<rect x="{x + 1:.1f}" y="{y:.2f}" width="{_BAR - 2:.1f}" height="{height:.2f}" '
            f'fill="{colours[part]}"><title>{escape(told)}</title></rect>'
        )
        below += height
    return shapes


def _colours(names: Iterable[str]) -> dict[str, str]:
    return {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(dict.fromkeys(names))}


def _head(
    title: str, caption: str, unit: str, colours: Mapping[str, str], width: float
) -> tuple[float, list[str]]:
    """Title, caption and legend, and where the plot begins."""
    shapes = [_text(title, 0, 14, "start", weight="600")]
    x, y = 0.0, 2 * _LINE + 4
    for line in wrap(caption, int(width / _LETTER)):
        shapes.append(_text(line, 0, y - 4, "start", "#666"))
        y += _LINE
    for name, colour in colours.items():
        wide = 24 + len(name) * _LETTER
        if x and x + wide > width:
            x, y = 0.0, y + _LINE
        shapes.append(
            f'<rect x="{x:.1f}" y="{y - 10:.1f}" width="12" height="12" fill="{colour}"/>'
        )
        shapes.append(_text(name, x + 16, y, "start"))
        x += wide
    y += _LINE + 6
    shapes.append(_text(unit, 0, y, "start", "#666"))
    return y + 8, shapes


def _axis(
    ticks: Sequence[float], top_value: float, bottom: float, width: float, plot: float = _PLOT
) -> list[str]:
    shapes = []
    for tick in ticks:
        y = bottom - tick / top_value * plot
        shapes.append(_rule(_LEFT, width - _RIGHT, y, "#ddd" if tick else "#888"))
        shapes.append(_text(_number(tick), _LEFT - 6, y + 4, "end"))
    return shapes


def _scale(largest: float) -> tuple[float, list[float]]:
    """The axis' end, and round numbers up to it."""
    if largest <= 0:
        return 1.0, [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(largest))
    step = next(power * part for part in (0.2, 0.5, 1, 2) if largest <= 5.01 * power * part)
    count = math.ceil(largest / step - 1e-9)
    return count * step, [place * step for place in range(count + 1)]


def _number(value: float) -> str:
    if value and abs(value) < 0.01:
        return f"{value:.2g}"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.3g}"


def _text(
    text: str, x: float, y: float, anchor: str, colour: str = "#222", weight: str = "400"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )


def _upright(text: str, x: float, y: float) -> str:
    """From the top down, beginning at a place."""
    return (
        f'<text transform="translate({x:.1f} {y:.1f}) rotate(-90)" text-anchor="end" '
        f'fill="#222">{escape(text)}</text>'
    )


def _rule(left: float, right: float, y: float, colour: str, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" '
        f'stroke="{colour}"{dashed}/>'
    )


def _svg(shapes: Iterable[str], width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" style="{_STYLE}">{"".join(shapes)}</svg>'
    )
