"""Draws rectangles in rectangles, as large as what they stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

__all__ = ["Tile", "treemap"]

_WIDTH, _HEIGHT = 1100.0, 560.0
_LETTER = 6.5  # about as wide as a letter of 12 pixels
_LINE = 16.0


class Tile(NamedTuple):
    """A rectangle.

    Attributes
    ----------
    name : str
        What it stands for.
    size : float
        Its area, in any unit.
    parts : tuple of Tile
        What is in it.
    colour : str
        Of it and its parts.
    """

    name: str
    size: float
    parts: tuple[Tile, ...] = ()
    colour: str = ""


class _Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float


def treemap(tiles: Sequence[Tile]) -> str:
    """Draw tiles, and their parts in them.

    Returns
    -------
    str
        An SVG element.
    """
    shapes = []
    for tile, box in _places(tiles, _Box(0, 0, _WIDTH, _HEIGHT)):
        for part, inner in _places(tile.parts or (tile,), box):
            shapes.append(_rectangle(inner, tile.colour, f"{tile.name}: {part.name}", part.name))
        shapes.append(
            f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" '
            f'height="{box.height:.1f}" fill="none" stroke="#fff" stroke-width="4"/>'
        )
    return (
        f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" width="100%" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(shapes)}</svg>'
    )


def _rectangle(box: _Box, colour: str, title: str, name: str) -> str:
    fits = box.width > len(name) * _LETTER + 8 and box.height > _LINE + 4
    text = (
        f'<text x="{box.x + 5:.1f}" y="{box.y + _LINE:.1f}">{escape(name)}</text>' if fits else ""
    )
    return (
        f'<g><title>{escape(title)}</title><rect x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}" fill="{colour}" stroke="#fff" '
        f'stroke-width="0.5"/>{text}</g>'
    )


def _places(tiles: Sequence[Tile], box: _Box) -> Iterator[tuple[Tile, _Box]]:
    """Cut a box in two, near the half of what is in it, until a box has one tile.

    Cuts go across the longer side, so that boxes are nearly square.
    """
    tiles = sorted((tile for tile in tiles if tile.size > 0), key=lambda tile: -tile.size)
    if len(tiles) == 1:
        yield tiles[0], box
    if len(tiles) < 2:
        return
    total, before, cut = sum(tile.size for tile in tiles), 0.0, 0
    while cut == 0 or (before + tiles[cut].size / 2 < total / 2 and cut < len(tiles) - 1):
        before += tiles[cut].size
        cut += 1
    share = before / total
    if box.width >= box.height:
        first = box._replace(width=box.width * share)
        second = box._replace(x=box.x + first.width, width=box.width - first.width)
    else:
        first = box._replace(height=box.height * share)
        second = box._replace(y=box.y + first.height, height=box.height - first.height)
    yield from _places(tiles[:cut], first)
    yield from _places(tiles[cut:], second)
