"""What a mapped module is connected like, as far as its power needs to know."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Collection
from typing import Any, NamedTuple

from grus.synth.memories import memory_name

__all__ = ["Netlist", "Part", "pack_netlist", "read_netlist", "unpack_netlist"]

_CONSTANTS = {"0": 0, "1": 1, "x": 0, "z": 0}  # Yosys numbers nets from 2 on
_OPEN = -1
# What Amaranth has not named, and what Yosys has not made: the simulator has these names, too.
_NUMBERED = re.compile(r"\$\d+")


class Part(NamedTuple):
    """A child or a macro.

    Attributes
    ----------
    name : str
        Name of the instance; of a macro that of its memory.
    kind : str
        Module of a child; an empty text for a macro.
    pins : dict of str to list of int
        Nets of each pin, bit by bit.
    """

    name: str
    kind: str
    pins: dict[str, list[int]]


class Netlist(NamedTuple):
    """Nets are numbers below `nets`: 0 and 1 are the constants, -1 is what leads nowhere.

    Attributes
    ----------
    nets : int
        Number of nets.
    cells : dict of str to dict of str to list of int
        Net of each pin of all cells of a kind, by kind and pin.
    parts : list of Part
        Children and macros.
    names : dict of str to list of int
        Nets that have a name in the RTL, bit by bit; ports among them.
    """

    nets: int
    cells: dict[str, dict[str, list[int]]]
    parts: list[Part]
    names: dict[str, list[int]]


def read_netlist(text: str, module: str, *, sram: str, children: Collection[str]) -> Netlist:
    """Read what Yosys' ``write_json`` has written.

    Parameters
    ----------
    text : str
        The file.
    module : str
        Name of the module.
    sram : str
        Name of the black box of a macro.
    children : collection of str
        Names of the modules that may be in it.
    """
    found = json.loads(text)["modules"][module]
    cells: dict[str, dict[str, list[int]]] = {}
    parts, last = [], 1
    for name, cell in found["cells"].items():
        pins = {pin: _nets(bits) for pin, bits in cell["connections"].items()}
        last = max([last, *(net for nets in pins.values() for net in nets)])
        kind = cell["type"]
        if kind == sram:
            parts.append(Part(memory_name(cell["parameters"]["NAME"]), "", pins))
        elif kind in children:
            parts.append(Part(name.lstrip("\\"), kind, pins))
        else:
            of_kind = cells.setdefault(kind, {pin: [] for pin in pins})
            for pin, nets in pins.items():
                of_kind[pin] += nets or [_OPEN]
    names = {
        name.lstrip("\\"): _nets(about["bits"])
        for name, about in found["netnames"].items()
        if not about["hide_name"] or _NUMBERED.fullmatch(name)
    }
    last = max([last, *(net for nets in names.values() for net in nets)])
    return Netlist(last + 2, cells, parts, names)


def pack_netlist(netlist: Netlist) -> bytes:
    """Bytes for a file."""
    return zlib.compress(json.dumps(netlist, separators=(",", ":")).encode())


def unpack_netlist(content: bytes) -> Netlist:
    """What :func:`pack_netlist` has packed."""
    nets, cells, parts, names = json.loads(zlib.decompress(content))
    return Netlist(nets, cells, [Part(*part) for part in parts], names)


def _nets(bits: list[Any]) -> list[int]:
    return [bit if isinstance(bit, int) else _CONSTANTS[bit] for bit in bits]
