"""Which modules a design has how often, and for which of its blocks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from grus.synth.blocks import block_of
from grus.synth.flow import MappedModule
from grus.synth.rtlil import Module

__all__ = ["count_instances", "places_of"]


def count_instances(
    modules: Mapping[str, Module], mapped: Mapping[str, MappedModule]
) -> dict[str, Counter[str]]:
    """Count the instances of each module in the whole design, by block.

    Parameters
    ----------
    modules : mapping of str to Module
        All modules of a design, children before parents; the last one is the top.
    mapped : mapping of str to MappedModule
        What they are made of.

    Returns
    -------
    dict of str to Counter of str
        By module, then by the block that the instances belong to.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name in modules}
    parents_first = list(modules)[::-1]
    top = parents_first[0]
    counts[top][block_of(modules[top].class_name)] = 1
    for name in parents_first:
        for child, times in mapped[name].children.items():
            for block, instances in counts[name].items():
                block = block_of(modules[child].class_name, block)
                counts[child][block] += times * instances
    return counts


def places_of(modules: Mapping[str, Module]) -> dict[str, dict[str, list[str]]]:
    """Find the instances of each module, by block.

    Parameters
    ----------
    modules : mapping of str to Module
        All modules of a design, children before parents; the last one is the top.

    Returns
    -------
    dict of str to dict of str to list of str
        By module and block the places: names from the top's child downwards, joined by dots; the
        top itself is an empty text.
    """
    places: dict[str, dict[str, list[str]]] = {name: {} for name in modules}
    top = list(modules)[-1]
    left = [("", top, block_of(modules[top].class_name))]
    while left:
        place, name, block = left.pop()
        places[name].setdefault(block, []).append(place)
        for child, instance in modules[name].instances:
            inside = f"{place}.{instance}" if place else instance
            left.append((inside, child, block_of(modules[child].class_name, block)))
    return places
