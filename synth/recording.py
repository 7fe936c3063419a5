"""What a design did, and what that says of the nets of a mapped module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.synth.netlist import Netlist
from grus.synth.rates import Rates
from grus.synth.rtlil import Module

__all__ = ["Recording", "rates_of"]


Numbers = NDArray[np.float64]


class Recording(NamedTuple):
    """What was recorded.

    Attributes
    ----------
    nets : mapping of str to mapping of str to tuple of int and float
        Changes of each bit, such as ``count[3]``, and the part of the time that it is 1, of each
        instance: names from the top's child downwards, joined by dots; the top is an empty text.
    cycles : int
        Clock cycles in which they changed.
    macs : int
        Effectual pairs multiplied meanwhile.
    """

    nets: Mapping[str, Mapping[str, tuple[int, float]]]
    cycles: int
    macs: int


def rates_of(
    netlist: Netlist, modules: Mapping[str, Module], places: Sequence[str], recording: Recording
) -> Rates:
    """Mean rates of the nets that have a name, over some instances of a module.

    Parameters
    ----------
    netlist : Netlist
        The module.
    modules : mapping of str to Module
        All modules of the design.
    places : sequence of str
        Where the instances are.
    recording : Recording
        What the design did.
    """
    high, changes, times = (np.zeros(netlist.nets) for _ in range(3))
    for place in places:
        for scope, names in _names(netlist, modules, place):
            nets = recording.nets.get(scope, {})
            for name, bits in names.items():
                for index, net in enumerate(bits):
                    found = nets.get(name) if len(bits) == 1 else None
                    found = found or nets.get(f"{name}[{index}]")
                    if found is not None:
                        changes[net] += found[0]
                        high[net] += found[1]
                        times[net] += 1
    known = times > 0
    times = np.maximum(times, 1)
    high = np.where(known, high / times, 0.5)
    high[:2], known[:2], known[-1] = (0.0, 1.0), True, True
    # Time goes on after the last of the cycles.
    most = 2 * np.minimum(high, 1 - high)
    toggles = np.minimum(changes / times / recording.cycles, most)
    toggles[[0, 1, -1]] = 0.0
    return Rates(high, toggles, _busy(netlist, toggles, most), known)


def _busy(netlist: Netlist, toggles: Numbers, most: Numbers) -> Numbers:
    """How often words change: a bit that is as good as random changes every second time."""
    busy = np.ones(netlist.nets)
    for bits in netlist.names.values():
        word = min(1.0, 2 * toggles[bits].max())
        busy[bits] = np.minimum(busy[bits], word)
    busy[[0, 1, -1]] = 0.0
    return np.maximum(busy, toggles / np.maximum(most, 1e-9))


def _names(
    netlist: Netlist, modules: Mapping[str, Module], place: str
) -> Iterator[tuple[str, Mapping[str, Sequence[int]]]]:
    """Names of nets, and where they are: those of the module, and its children's outputs."""
    yield place, netlist.names
    for part in netlist.parts:
        if part.kind:
            outputs = {pin: part.pins[pin] for pin in modules[part.kind].outputs}
            yield f"{place}.{part.name}" if place else part.name, outputs
