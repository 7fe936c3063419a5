"""Remembers the longest path of each design."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from grus.cache import cache_folder, fingerprint
from grus.synth.design_path import DesignPath, Leg, find_design_path
from grus.synth.flow import Flow, MappedModule
from grus.synth.netlist import unpack_netlist
from grus.synth.rtlil import Module

__all__ = ["keep_design_path"]

_CODE = (
    "arrivals.py",
    "design_path.py",
    "flat_netlist.py",
    "power_tables.py",
    "timing_cells.py",
)


def keep_design_path(
    modules: Mapping[str, Module], mapped: Mapping[str, MappedModule], flow: Flow
) -> DesignPath | None:
    """The longest path of a design, from the cache folder if it is known.

    Parameters
    ----------
    modules, mapped : mapping
        All modules of the design, children before parents, and what they are mapped to.
    flow : Flow
        What they were mapped with.

    Raises
    ------
    ValueError
        If the library is not as :func:`grus.synth.design_path.find_design_path` asks.
    """
    code = [Path(__file__).with_name(name).read_text(encoding="utf-8") for name in _CODE]
    content = fingerprint(flow.description, *code, *(module.text for module in modules.values()))
    file = cache_folder() / "paths" / f"{content}.json"
    if file.is_file():
        found = json.loads(file.read_text(encoding="utf-8"))
        return found and _path(*found)
    netlists = {name: unpack_netlist(module.netlist) for name, module in mapped.items()}
    path = find_design_path(netlists, list(modules)[-1], flow.library)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(path), encoding="utf-8")
    unfinished.replace(file)
    return path


def _path(delay_ps: float, gates: int, start: str, end: str, legs: list[list]) -> DesignPath:
    return DesignPath(delay_ps, gates, start, end, tuple(Leg(*leg) for leg in legs))
