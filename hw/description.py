"""Ports of a component in plain words, for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amaranth.hdl import Shape
from amaranth.lib import data, wiring

__all__ = ["describe_ports", "leaves"]


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
            port["fields"] = [
                {"name": name, "offset": offset, "width": field.width, "signed": field.signed}
                for name, (offset, field) in leaves(member.shape).items()
            ]
        ports.append(port)
    return ports


def leaves(layout: data.Layout) -> dict[str, tuple[int, Shape]]:
    """Leaves of a layout.

    Returns
    -------
    dict
        ``path -> (offset [bits], shape)``; a path joins field names by dots and array elements by
        their numbers, as in ``pairs.3.value``.
    """
    return dict(_leaves("", 0, layout))


def _leaves(path: str, offset: int, shape: Any) -> Iterator[tuple[str, tuple[int, Shape]]]:
    if isinstance(shape, data.Layout):
        for key, field in shape:
            inner = f"{path}.{key}" if path else str(key)
            yield from _leaves(inner, offset + field.offset, field.shape)
    else:
        yield path, (offset, Shape.cast(shape))
