"""Points of a sweep: counted one at a time, and kept as a file each."""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import grus.compiler
import grus.golden
import grus.sim
from grus.files import write_bytes
from grus.sim.rivals.energy import load_energy
from grus.sim.rivals.machine import total_of
from grus.sim.workloads.sparse_layer import SparseLayer
from grus.study.comparison import count_layer, figures_of
from grus.study.machines import NamedMachine, data_bits_of, parameters_of
from grus.study.sweep import Point
from grus.study.workload import Workload

__all__ = ["count_point", "keep_result", "kept_result"]

_NETWORKS_HELD = 2  # in memory, of those counted last


def count_point(workload: Workload, machine: NamedMachine) -> dict[str, Any]:
    """Count a workload on a machine.

    Returns
    -------
    dict
        Under ``total`` what :func:`figures_of` gives for all layers, and ``layers`` with cycles and
        utilisation of each; or ``unfit`` with the reason why the machine cannot take one of them.
    """
    layers = _layers(workload, data_bits_of(machine))
    try:
        counts = [count_layer(machine, layer) for layer in layers]
    except ValueError as error:
        return {"unfit": " ".join(str(error).split())}
    return {
        "total": figures_of(total_of(counts, workload.title), load_energy()),
        "layers": {count.layer: [count.cycles, round(count.utilisation, 4)] for count in counts},
    }


def kept_result(folder: Path, point: Point) -> dict[str, Any] | None:
    """What an earlier run has kept of a point, if nothing has changed since."""
    try:
        kept = json.loads(_path(folder, point).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept["result"] if kept.get("point") == _identity(point) else None


def keep_result(folder: Path, point: Point, result: dict[str, Any]) -> None:
    """Write a point's file, whole or not at all."""
    content = {"point": _identity(point), "result": result}
    write_bytes(_path(folder, point), json.dumps(content).encode())


def _path(folder: Path, point: Point) -> Path:
    text = json.dumps(_identity(point), sort_keys=True)
    return folder / "points" / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"


def _identity(point: Point) -> dict[str, Any]:
    """All that decides on the result: parameters, files, and the models' own source."""
    identity = {
        "design": point.design.machine.name,
        "parameters": parameters_of(point.design.machine),
        "workload": point.workload.content(),
        "models": _models(),
    }
    plain: dict[str, Any] = json.loads(json.dumps(identity))  # as it will be read again
    return plain


@cache
def _models() -> str:
    digest = hashlib.sha256()
    rooms = (Path(str(room.__file__)).parent for room in (grus.compiler, grus.golden, grus.sim))
    for root in (*rooms, Path(__file__).parent):
        for path in sorted([*root.rglob("*.py"), *root.rglob("*.toml")]):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:24]


@lru_cache(_NETWORKS_HELD)
def _layers(workload: Workload, data_bits: int) -> list[SparseLayer]:
    return list(workload.layers(data_bits))
