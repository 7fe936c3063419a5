"""The longest path of a mapped module, as ABC estimates it."""

from __future__ import annotations

import re
from pathlib import Path as File
from typing import NamedTuple

__all__ = ["Path", "read_path", "register_names"]

_DELAY = re.compile(r"Delay\s*=\s*([\d.]+) ps")
_GATES = re.compile(r"^Path +\d+ --.*:", re.MULTILINE)
_ENDS = re.compile(r"Start-point = pi(\d+).*End-point = po(\d+)")
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_CELL = re.compile(r"^ *cell \\(\S+) (\S+)\n(.*?)^ *end$", re.MULTILINE | re.DOTALL)
_CONNECTION = re.compile(r"^ *connect \\(\S+) (.*)$", re.MULTILINE)


class Path(NamedTuple):
    """A path between registers, memories, children and ports.

    Attributes
    ----------
    delay_ps : float
        Gates with their loads, without wires; inputs of the module arrive at 0. With the delay and
        set-up of flip-flops if OpenSTA has found it, without if ABC has [ps].
    gates : int
        Gates on it.
    start, end : str
        Where it begins and ends, by names of the RTL as far as they have survived.
    """

    delay_ps: float
    gates: int
    start: str
    end: str


def read_path(folder: File) -> Path | None:
    """Find the path in what Yosys and ABC have left.

    Parameters
    ----------
    folder : pathlib.Path
        Has ``path.txt`` from ABC's ``stime -p``, the BLIF file from Yosys, and ``ends.il``, the
        cells that paths can begin and end at.

    Returns
    -------
    Path or None
        None if there were no gates to map.
    """
    if not (folder / "path.txt").is_file():
        return None
    report = _COLOUR.sub("", (folder / "path.txt").read_text(encoding="utf-8"))
    delay, ends = _DELAY.search(report), _ENDS.search(report)
    if delay is None or ends is None:
        return None
    inputs, outputs = _nets(folder)
    start, end = inputs[int(ends[1])], outputs[int(ends[2])]
    cells = (folder / "ends.il").read_text(encoding="utf-8")
    return Path(
        delay_ps=float(delay[1]),
        gates=len(_GATES.findall(report)) - 1,  # the first line is the start itself
        start=_place(start, cells, ("Q", "QN")),
        end=_place(end, cells, ("D",)),
    )


def register_names(cells: str) -> dict[str, str]:
    """What to call each flip-flop, by the name that Yosys gave it.

    Parameters
    ----------
    cells : str
        RTLIL of the cells that paths can begin and end at.
    """
    found = [(name, dict(_CONNECTION.findall(body))) for _, name, body in _CELL.findall(cells)]
    return {
        name.lstrip("\\"): _register(connections)
        for name, connections in found
        if _is_flip_flop(connections)
    }


def _nets(folder: File) -> tuple[list[str], list[str]]:
    """Names of what goes into the gates and comes out of them, in ABC's order."""
    blif = next(folder.glob("_tmp_yosys-abc-*/input.blif")).read_text(encoding="utf-8")
    names = dict(re.findall(r"^# (ys__n\d+) +(.*)$", blif, re.MULTILINE))
    lists = [re.search(rf"^\.{word} (.*)$", blif, re.MULTILINE) for word in ("inputs", "outputs")]
    inputs, outputs = ([names[n] for n in found[1].split()] for found in lists if found)
    return inputs, outputs


def _place(net: str, cells: str, pins: tuple[str, ...]) -> str:
    """What a path's first or last net belongs to: nets that lead to a register have no name.

    Of a flip-flop only `pins` count: the net that it drives may lead to another one, too.
    """
    for kind, name, body in _CELL.findall(cells):
        connections = dict(_CONNECTION.findall(body))
        ports = [port for port, there in connections.items() if _is_in(net, there)]
        if _is_flip_flop(connections):
            if set(ports) & set(pins):
                return _register(connections)
        elif ports and not _plain(net):
            return f"{_plain(name) or kind}.{ports[0]}"
    return _plain(net) or "a net without a name"


def _is_flip_flop(connections: dict[str, str]) -> bool:
    return "D" in connections and "Q" in connections


def _register(connections: dict[str, str]) -> str:
    names = [_plain(connections.get(pin, "")) for pin in ("Q", "QN")]
    return f"register {next(filter(None, names), 'without a name')}"


def _is_in(net: str, connected: str) -> bool:
    """A bit of a net without a name may be anywhere in what a port is connected to."""
    if connected.strip() == net:
        return True
    wire = net.partition(" [")[0]
    return not _plain(net) and re.search(rf"(?<!\S){re.escape(wire)}(?!\S)", connected) is not None


def _plain(net: str) -> str:
    """The name as in the RTL; empty for a net that Yosys has made."""
    return net.replace(" [", "[").lstrip("\\").strip() if net.startswith("\\") else ""
