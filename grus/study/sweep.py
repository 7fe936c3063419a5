"""A sweep: every design with every choice of its parameters, on every workload."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import product
from pathlib import Path
from typing import Any

from grus.sim.workloads.benchmarks import NETWORKS
from grus.sim.workloads.structured import Pruning
from grus.study.machines import DESIGNS, NamedMachine, machine_of
from grus.study.workload import Workload

__all__ = ["Design", "Point", "Sweep", "designs_of", "read_sweep"]

_KEYS = ("networks", "masks", "seeds", "designs")
_WORKLOAD = tuple(field.name for field in fields(Workload) if field.name not in ("masks", "seed"))


@dataclass(frozen=True, kw_only=True)
class Design:
    """A machine of a sweep, and the parameters that were chosen for it."""

    machine: NamedMachine
    base: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Point:
    """A design on a workload."""

    design: Design
    workload: Workload

    @property
    def title(self) -> str:
        """What it is called while it is counted."""
        return f"{self.workload.title} on {self.design.machine.name}"


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Designs and workloads; each pair is a point.

    Raises
    ------
    ValueError
        If there is nothing to count, or two designs or workloads are the same.
    """

    designs: Sequence[Design]
    workloads: Sequence[Workload]

    def __post_init__(self) -> None:
        names = [design.machine.name for design in self.designs]
        told = [workload.description for workload in self.workloads]
        for what, found in (("designs", names), ("networks", told)):
            if not found:
                raise ValueError(f"{what} of a sweep must be at least one, and there is none")
            twice = [name for name in found if found.count(name) > 1]
            if twice:
                raise ValueError(f"{what} of a sweep must be different, and {twice[0]} is twice")

    @property
    def points(self) -> list[Point]:
        """All pairs; those of one workload follow each other."""
        return [
            Point(design=design, workload=workload)
            for workload in self.workloads
            for design in self.designs
        ]


def read_sweep(path: Path) -> Sweep:
    """Read a sweep from a TOML file.

    Parameters
    ----------
    path : Path
        ``networks`` is a list of names, or of tables of :class:`Workload`'s parameters; ``masks``
        and ``seeds`` hold one or several. Each table ``[[designs]]`` has a ``base`` and
        parameters; where the value is a list, each of its entries is tried, with all
        combinations. Paths begin at the folder of the file.

    Raises
    ------
    TypeError, ValueError
        If the file is no such thing, or as in :func:`machine_of` and :class:`Workload`.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"sweep must be a TOML file, and {path} is not: {error}") from error
    _require_known(entries, _KEYS, f"key of {path}")
    networks, tables = entries.get("networks", []), entries.get("designs", [])
    if not isinstance(networks, list) or not isinstance(tables, list):
        raise TypeError(f"networks and designs of {path} must be lists")
    workloads = [
        _workload(entry, masks, seed, path)
        for entry, masks, seed in product(
            networks, _listed(entries.get("masks", "uneven")), _listed(entries.get("seeds", 0))
        )
    ]
    designs = [design for table in tables for design in _designs(table, path)]
    return Sweep(designs=designs, workloads=list(dict.fromkeys(workloads)))


def designs_of(base: str, settings: Mapping[str, Any]) -> Iterator[Design]:
    """All combinations of parameters, where the value is a list."""
    lists = [_listed(value) for value in settings.values()]
    for values in product(*lists):
        chosen = dict(zip(settings, values, strict=True))
        name = Path(base).stem if base.endswith(".toml") else base
        yield Design(machine=machine_of(base, chosen), base=name, settings=chosen)


def _designs(table: Any, path: Path) -> Iterator[Design]:
    if not isinstance(table, dict) or not isinstance(table.get("base"), str):
        raise TypeError(f"each of the designs of {path} must be a table with a base, not {table}")
    settings = dict(table)
    base = settings.pop("base")
    if base.partition(":")[0] not in DESIGNS and (path.parent / base).is_file():
        base = str(path.parent / base)
    return designs_of(base, settings)


def _workload(entry: Any, masks: str, seed: int, path: Path) -> Workload:
    settings: Any = {"network": entry} if isinstance(entry, str) else entry
    if not isinstance(settings, dict) or not isinstance(settings.get("network"), str):
        raise TypeError(
            f"each of the networks of {path} must be a name or a table with a network, not {entry}"
        )
    _require_known(settings, _WORKLOAD, f"key of a network of {path}")
    settings = dict(settings)
    if "pruning" in settings:
        pruning = settings["pruning"]
        if not isinstance(pruning, dict):
            raise TypeError(f"pruning of {path} must be a table, not {pruning!r}")
        known = tuple(field.name for field in fields(Pruning))
        _require_known(pruning, known, f"key of a pruning of {path}")
        settings["pruning"] = Pruning(**pruning)
    if settings["network"] in NETWORKS:
        return Workload(**settings, masks=masks, seed=seed)
    for name in ("network", "image", "scales"):
        if settings.get(name):
            settings[name] = str(path.parent / settings[name])
    return Workload(**settings)  # real zeros are not drawn


def _require_known(entries: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
    for key in entries:
        if key not in known:
            raise ValueError(f"{what} must be one of {', '.join(known)}, not {key}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
