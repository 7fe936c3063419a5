"""Reads the cells of a Liberty file: names, areas, functions and flip-flops."""

from __future__ import annotations

import hashlib
import re
from itertools import product
from pathlib import Path
from typing import NamedTuple

from grus.synth.logic_function import truth_table

__all__ = ["Cell", "Library", "parse_liberty", "read_liberty"]

# Braces count only outside comments and texts.
_TOKEN = re.compile(
    r'/\*.*?\*/|"(?:[^"\\]|\\.)*"|\bcell\s*\(\s*"?(?P<cell>[\w$]+)"?\s*\)\s*\{|[{}]',
    re.DOTALL,
)
_LIBRARY = re.compile(r'\blibrary\s*\(\s*"?(?P<name>[\w$.-]+)"?\s*\)')
_AREA = re.compile(r'^\s*area\s*:\s*"?([\d.eE+-]+)"?', re.MULTILINE)
_PIN = re.compile(r'\bpin\s*\(\s*"?(\w+)"?\s*\)\s*\{')
_DIRECTION = re.compile(r'\bdirection\s*:\s*"?(\w+)"?')
_FUNCTION = re.compile(r'\bfunction\s*:\s*"([^"]*)"')
_NEXT_STATE = re.compile(r'\bnext_state\s*:\s*"([^"]*)"')
_CLOCKED_ON = re.compile(r'\bclocked_on\s*:\s*"([^"]*)"')
_FLIP_FLOP = re.compile(r"\bff\s*\(")
_RESET = re.compile(r"\b(?:clear|preset)\s*:")
_BUFFER = (0, 1)
_INVERTER = (1, 0)
_NAND2 = (1, 1, 1, 0)


class Cell(NamedTuple):
    """One cell of a library.

    Attributes
    ----------
    name : str
        Its name.
    area : float
        In the unit of the library, um2 in most.
    is_flip_flop : bool
        Whether it holds a bit at a clock edge.
    is_plain_flip_flop : bool
        Whether it does that and nothing else: no reset, no scan, no enable.
    table : tuple of int
        Value of its single output for all values of its inputs, sorted by name, the first one
        slowest; empty if it has not just one output, or more than two inputs.
    """

    name: str
    area: float
    is_flip_flop: bool
    is_plain_flip_flop: bool
    table: tuple[int, ...]


class Library(NamedTuple):
    """The cells that designs are mapped to.

    Attributes
    ----------
    name : str
        The name in the file.
    text : str
        The whole file.
    cells : dict of str to Cell
        Its cells by name.
    """

    name: str
    text: str
    cells: dict[str, Cell]

    @property
    def nand2_area(self) -> float:
        """Area of the smallest NAND2, by which areas are divided to compare libraries."""
        return min(cell.area for cell in self.cells.values() if cell.table == _NAND2)

    @property
    def driver(self) -> str:
        """The smallest buffer, which stands for whatever drives a net; an inverter if none is."""
        small = [(c.table == _INVERTER, c.area, c.name) for c in self.cells.values()]
        drivers = [cell for cell in small if self.cells[cell[2]].table in (_BUFFER, _INVERTER)]
        return min(drivers)[2]

    @property
    def flip_flops(self) -> frozenset[str]:
        """Names of the cells that hold a bit."""
        return frozenset(name for name, cell in self.cells.items() if cell.is_flip_flop)

    @property
    def fingerprint(self) -> str:
        """A text that differs if the file does."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


def read_liberty(path: Path) -> Library:
    """Read a Liberty file.

    Raises
    ------
    ValueError
        If the file cannot be read, or as in :func:`parse_liberty`.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise ValueError(f"liberty must be a Liberty file, not {path}: {reason}") from error
    return parse_liberty(text, str(path))


def parse_liberty(text: str, source: str) -> Library:
    """Find the cells of a library, and check that designs can be mapped to them.

    Parameters
    ----------
    text : str
        A Liberty file.
    source : str
        What to call it in errors.

    Returns
    -------
    Library
        All cells that have an area.

    Raises
    ------
    ValueError
        If it is no Liberty file, is cut short, or lacks an inverter, a NAND2 or a flip-flop.
    """
    header = _LIBRARY.search(text)
    if header is None:
        raise ValueError(f"liberty must hold a library, and {source} does not")
    cells = {name: _cell(name, body) for name, body in _cell_bodies(text, source)}
    cells = {name: cell for name, cell in cells.items() if cell.area > 0}
    needs = {
        "an inverter": any(cell.table == _INVERTER for cell in cells.values()),
        "a NAND2": any(cell.table == _NAND2 for cell in cells.values()),
        "a D flip-flop without reset": any(c.is_plain_flip_flop for c in cells.values()),
    }
    for cell, is_there in needs.items():
        if not is_there:
            raise ValueError(
                f"liberty must have {cell} with an area, and {source} has none: name another file"
            )
    return Library(header["name"], text, cells)


def _cell_bodies(text: str, source: str) -> list[tuple[str, str]]:
    bodies, depth = [], 0
    name, start, outside = "", 0, 0
    for token in _TOKEN.finditer(text):
        if token["cell"] and not name:
            name, start, outside = token["cell"], token.end(), depth
        if token[0].endswith("{"):
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if name and depth == outside:
                bodies.append((name, text[start : token.start()]))
                name = ""
    if depth:
        place = f"inside cell {name}" if name else "before the library is closed"
        raise ValueError(f"liberty must be whole, and {source} ends {place}: get it again")
    return bodies


def _cell(name: str, body: str) -> Cell:
    area = _AREA.search(body)
    is_flip_flop = _FLIP_FLOP.search(body) is not None
    return Cell(
        name=name,
        area=float(area[1]) if area else 0.0,
        is_flip_flop=is_flip_flop,
        is_plain_flip_flop=is_flip_flop and _is_plain(body),
        table=() if is_flip_flop else _table(body),
    )


def _is_plain(body: str) -> bool:
    """A name alone as next state: a scan cell or one with enable has a function there."""
    state, clock = _NEXT_STATE.search(body), _CLOCKED_ON.search(body)
    names = (found is not None and re.fullmatch(r"\s*\w+\s*", found[1]) for found in (state, clock))
    return all(names) and _RESET.search(body) is None


def _table(body: str) -> tuple[int, ...]:
    inputs, functions = [], []
    pins = list(_PIN.finditer(body))
    ends = [*(pin.start() for pin in pins), len(body)][1:]
    for pin, end in zip(pins, ends, strict=True):
        about = body[pin.end() : end]
        direction, function = _DIRECTION.search(about), _FUNCTION.search(about)
        if direction and direction[1] == "input":
            inputs.append(pin[1])
        elif function:
            functions.append(function[1])
    if len(functions) != 1 or not 1 <= len(inputs) <= 2:
        return ()
    values = product((0, 1), repeat=len(inputs))
    settings = [dict(zip(sorted(inputs), row, strict=True)) for row in values]
    return truth_table(functions[0], settings)
