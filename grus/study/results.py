"""What a sweep has found: a table, and the designs that no other beats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from grus.charts import Point as ChartPoint
from grus.charts import point_chart, stack_charts
from grus.study.exploration import Outcome
from grus.study.machines import multipliers_of, parameters_of

__all__ = ["add_best", "pareto_chart", "read_areas", "rows_of", "table_text"]

Areas = list[tuple[dict[str, Any], float]]


def read_areas(path: Path) -> Areas:
    """Areas [NAND2] of designs, from what ``grus cost --json`` has written.

    Returns
    -------
    list of tuple
        Parameters without the name, and the area.

    Raises
    ------
    ValueError
        If the file is something else.
    """
    try:
        designs = json.loads(path.read_text(encoding="utf-8"))["designs"]
        return [
            ({k: v for k, v in entry["design"].items() if k != "name"}, float(entry["total_ge"]))
            for entry in designs
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"areas must be what grus cost --json writes, and {path} is not: {error!r}"
        ) from error


def rows_of(outcomes: Sequence[Outcome], areas: Areas | None = None) -> list[dict[str, Any]]:
    """One row per point: what it is, and what was found; ``unfit`` says why nothing was."""
    rows = []
    for (point, result), machine in ((o, o.point.design.machine) for o in outcomes):
        total = result.get("total", {})
        row = {
            "network": point.workload.title,
            "workload": point.workload.description,
            "synthetic": point.workload.synthetic,
            "masks": point.workload.masks if point.workload.synthetic else "",
            "seed": point.workload.seed if point.workload.synthetic else None,
            "design": machine.name,
            "base": point.design.base,
            **point.design.settings,
            "multipliers": multipliers_of(machine),
            "area_nand2": _area(parameters_of(machine), areas or []),
            "unfit": result.get("unfit", ""),
            "cycles": total.get("cycles"),
            "utilisation": total.get("utilisation"),
            "effectual_macs": total.get("effectual_macs"),
            "energy_pj": sum(total["energy_pj"].values()) if total else None,
            "dram_bits": total.get("dram_bits"),
        }
        shares = total.get("loss_shares", {})
        rows.append(row | {f"loss: {name}": share for name, share in shares.items()})
    return rows


def add_best(rows: Sequence[dict[str, Any]]) -> None:
    """Mark, for each network, the designs that none beats both in cycles and in size.

    Cycles are means over seeds; size is the area, or the multipliers if no design has an area. A
    design without a size or that does not fit is never marked.
    """
    size = _size(rows)
    for network in dict.fromkeys(_group(row) for row in rows):
        members = [row for row in rows if _group(row) == network]
        places = _places(members, size)
        for row in members:
            row["best"] = row["design"] in places and not any(
                _beats(other, places[row["design"]]) for other in places.values()
            )


def pareto_chart(rows: Sequence[Mapping[str, Any]]) -> str:
    """Draw cycles over size, network by network; `rows` as :func:`add_best` leaves them."""
    size, charts = _size(rows), []
    for network in dict.fromkeys(_group(row) for row in rows):
        members = [row for row in rows if _group(row) == network]
        best = {row["design"] for row in members if row["best"]}
        points = [
            ChartPoint(name, x, y, name in best) for name, (x, y) in _places(members, size).items()
        ]
        title, masks = network
        named = f"{title}, SYNTHETIC patterns, {masks} masks" if masks else title
        x_title = "area [NAND2]" if size == "area_nand2" else "multipliers"
        charts.append(point_chart(named, points, x_title=x_title, y_title="cycles"))
    return stack_charts(charts)


def table_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows as CSV; a column that a row does not have is empty."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _area(parameters: Mapping[str, Any], areas: Areas) -> float | None:
    """Stealing and the like are no parameters of the hardware."""
    for design, area in areas:
        if all(parameters.get(name) == value for name, value in design.items()):
            return area
    return None


def _size(rows: Sequence[Mapping[str, Any]]) -> str:
    return "area_nand2" if any(row["area_nand2"] for row in rows) else "multipliers"


def _group(row: Mapping[str, Any]) -> tuple[str, str]:
    return row["network"], row["masks"]


def _places(rows: Sequence[Mapping[str, Any]], size: str) -> dict[str, tuple[float, float]]:
    """Size and mean cycles by design."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["cycles"] is not None and row[size] is not None:
            found.setdefault(row["design"], []).append(row)
    return {
        name: (float(of_design[0][size]), mean(row["cycles"] for row in of_design))
        for name, of_design in found.items()
    }


def _beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one != other and one[0] <= other[0] and one[1] <= other[1]
