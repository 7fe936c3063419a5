"""Ports of a component in plain words, for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amaranth.hdl import Shape
from amaranth.lib import data, wiring

__all__ = ["describe_ports"]


def describe_ports(component: wiring.Component) -> list[dict[str, Any]]:
    """Ports of the Verilog that a component becomes.

    Returns
    -------
    list of dict
        ``name``, ``direction`` (``input`` or ``output``), ``width`` [bits] and, for a payload of
        several fields, ``fields``: ``name``, ``offset`` [bits], ``width`` [bits], ``signed``.
        Clock and reset come first; the reset is synchronous and active high.
    """
    ports: list[dict[str, Any]] = [
        {"name": name, "direction": "input", "width": 1} for name in ("clk", "rst")
    ]
    for path, member, _ in component.signature.flatten(component):
        shape = Shape.cast(member.shape)
        if not shape.width:
            continue
        port = {
            "name": "__".join(map(str, path)),
            "direction": "input" if member.flow == wiring.In else "output",
            "width": shape.width,
        }
        if isinstance(member.shape, data.Layout):
            port["fields"] = list(_fields("", 0, member.shape))
        ports.append(port)
    return ports


def _fields(path: str, offset: int, shape: Any) -> Iterator[dict[str, Any]]:
    if isinstance(shape, data.Layout):
        for key, field in shape:
            yield from _fields(
                f"{path}.{key}" if path else str(key), offset + field.offset, field.shape
            )
        return
    cast = Shape.cast(shape)
    yield {"name": path, "offset": offset, "width": cast.width, "signed": cast.signed}
