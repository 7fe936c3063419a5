"""Energy of what a machine did, by component, from a table of single events."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from grus.sim.rivals.machine import Event

__all__ = ["EnergyTable", "energy_of", "load_energy"]

_POWERS = {"mac": 2, "idle": 2, "add": 1, "register": 1, "dram": 1}


@dataclass(frozen=True, kw_only=True)
class EnergyTable:
    """Energy of single events.

    Parameters
    ----------
    events : mapping of str to tuple of float
        Energy [pJ] and the width [bits] that it was measured at, by kind of event.
    rams : tuple of tuple of float
        Sizes [bytes], ascending, and energy of reading one bit [pJ].
    write_factor : float
        Energy of a write in reads.
    nodes : mapping of str to float
        What to multiply by for each process node; DRAM is left as it is.
    """

    events: Mapping[str, tuple[float, float]]
    rams: tuple[tuple[float, float], ...]
    write_factor: float
    nodes: Mapping[str, float]

    def ram_bit(self, ram_bytes: int) -> float:
        """Energy of reading one bit from a RAM of a size [pJ], at 45 nm."""
        sizes, energies = np.log(np.array(self.rams)).T
        size = np.log(max(ram_bytes, 1))
        right = int(np.clip(np.searchsorted(sizes, size), 1, len(sizes) - 1))
        slope = (energies[right] - energies[right - 1]) / (sizes[right] - sizes[right - 1])
        return float(np.exp(energies[right] + slope * (size - sizes[right])))

    def of_event(self, event: Event, node: str) -> float:
        """Energy of all that an event counts [pJ].

        Raises
        ------
        ValueError
            If the table has no such kind of event or node.
        """
        if node not in self.nodes:
            raise ValueError(f"node must be one of {', '.join(self.nodes)}, not {node}")
        if event.kind in ("read", "write"):
            factor = self.write_factor if event.kind == "write" else 1.0
            return (
                event.times
                * event.bits
                * self.ram_bit(event.ram_bytes)
                * factor
                * (self.nodes[node])
            )
        if event.kind not in self.events:
            kinds = ", ".join([*self.events, "read", "write"])
            raise ValueError(f"kind of event must be one of {kinds}, not {event.kind}")
        energy, bits = self.events[event.kind]
        scale = 1.0 if event.kind == "dram" else self.nodes[node]
        return event.times * energy * (event.bits / bits) ** _POWERS[event.kind] * scale


def load_energy(path: Path | None = None, **replaced: float) -> EnergyTable:
    """Read a table of energies.

    Parameters
    ----------
    path : Path, optional
        A TOML file of the form of ``energy.toml`` in this package, which is read without it.
    **replaced : float
        Energy by kind of event [pJ] that takes the place of the table's, as ``dram=8``.

    Raises
    ------
    ValueError
        If the file is no TOML, or lacks an entry, or an energy is not positive; or there is no
        event of a kind that is replaced.
    """
    name = "energy table" if path is None else f"energy table {path}"
    try:
        if path is None:
            text = (files("grus.sim.rivals") / "energy.toml").read_text(encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
        entries = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{name} must be a TOML file, and is not: {error}") from error
    for kind, energy in replaced.items():
        if kind not in _POWERS:
            raise ValueError(f"kind of event must be one of {', '.join(_POWERS)}, not {kind}")
        entries[kind] = {**entries.get(kind, {}), "pj": energy}
    rams = _part(entries, "ram", list, name)
    if len(rams) < 2:
        raise ValueError(f"{name} must have at least 2 sizes of RAM, not {len(rams)}")
    points = [
        (_number(ram, "bytes", name), _number(ram, "pj", name) / _number(ram, "bits", name))
        for ram in rams
    ]
    events = {}
    for kind in _POWERS:
        entry = _part(entries, kind, dict, name)
        events[kind] = (_number(entry, "pj", name), _number(entry, "bits", name))
    return EnergyTable(
        events=events,
        rams=tuple(sorted(points)),
        write_factor=_number(_part(entries, "write", dict, name), "factor", name),
        nodes={
            node: _number(entry, "factor", name)
            for node, entry in _part(entries, "nodes", dict, name).items()
        },
    )


def energy_of(
    events: Iterable[Event], table: EnergyTable | None = None, *, node: str = "65nm"
) -> dict[str, float]:
    """Energy by component [pJ].

    Parameters
    ----------
    events : iterable of Event
        What happened.
    table : EnergyTable, optional
        Energies; those of the package without it.
    node : str
        Process node of everything but DRAM.

    Notes
    -----
    Source: baselines, section 8.3. Leakage is not in it: it goes with area and time.
    """
    table = table or load_energy()
    energies: defaultdict[str, float] = defaultdict(float)
    for event in events:
        energies[event.component] += table.of_event(event, node)
    return dict(energies)


def _part(entries: Mapping[str, Any], key: str, kind: type, name: str) -> Any:
    entry = entries.get(key)
    known = isinstance(entry, kind)
    if not known:
        raise ValueError(f"{name} must have an entry {key}")
    return entry


def _number(entry: Any, key: str, name: str) -> float:
    value = entry.get(key) if isinstance(entry, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ValueError(f"each {key} of the {name} must be a positive number, not {value!r}")
    return float(value)
