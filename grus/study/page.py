"""One HTML page that shows workloads on several machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from grus.charts import Bar, bar_chart
from grus.page import html_page, html_row, html_table
from grus.sim.rivals.energy import EnergyTable, energy_of, load_energy
from grus.sim.rivals.machine import LayerCount
from grus.study.comparison import Comparison, figures_of, losses_of, speed_up

__all__ = ["comparison_page"]

_UJ, _MB = 1e6, 8e6  # picojoules of a microjoule, bits of a megabyte
_HEAD = (
    *("layer", "design", "cycles", "utilisation", "speed-up"),
    *("energy [uJ]", "DRAM [MB]", "on-chip [MB]"),
)
_NOTES = (
    "Utilisation: effectual pairs by multipliers x cycles; Ideal has 1. Losses: shares of all "
    "slots of multipliers that have no effectual pair. Energy: constants of sim/rivals/energy.toml "
    "at 65 nm, without leakage."
)
_NO_MEMORY = "Cycles: operands being there."


def comparison_page(
    comparisons: Sequence[Comparison], table: EnergyTable | None = None, memory: str = ""
) -> str:
    """Write a page: the networks side by side, then each network layer by layer.

    Parameters
    ----------
    comparisons : sequence of Comparison
        Workloads on the same machines; at least one.
    table : EnergyTable, optional
        Energies; those of the package without it.
    memory : str
        What was assumed of memory; nothing if operands are there.

    Returns
    -------
    str
        HTML with its style and drawings inside; synthetic workloads are marked.
    """
    table = table or load_energy()
    machines = list(comparisons[0].counts)
    title = f"{', '.join(c.workload.title for c in comparisons)} on {', '.join(machines)}"
    parts = [f"<h1>{escape(title)}</h1>", f"<p>{escape(_NOTES)}</p>"]
    parts.append(f"<p>{escape(memory or _NO_MEMORY)}</p>")
    parts.append(f"<p>{escape(comparisons[0].multipliers)}</p>")
    parts += [_origin(comparison) for comparison in comparisons]
    totals = {_mark(comparison): comparison.totals for comparison in comparisons}
    parts += [*_charts("whole networks", totals, machines[0], table), _table(totals, table)]
    for comparison in comparisons:
        parts += [f"<h2>{escape(_mark(comparison))}</h2>", _origin(comparison)]
        names = [next(iter(layer.values())).layer for layer in comparison.layers]
        layers = dict(zip(names, comparison.layers, strict=True))
        parts += _charts(f"{_mark(comparison)}, by layer", layers, machines[0], table)
        parts.append(_table(layers, table))
    return html_page(title, parts)


def _mark(comparison: Comparison) -> str:
    title = comparison.workload.title
    return f"{title} (synthetic)" if comparison.workload.synthetic else title


def _origin(comparison: Comparison) -> str:
    style = "synthetic" if comparison.workload.synthetic else "real"
    return f'<p class="{style}">{escape(comparison.workload.description)}</p>'


def _charts(
    what: str,
    counts: Mapping[str, Mapping[str, LayerCount]],
    first: str,
    table: EnergyTable,
) -> list[str]:
    speeds, losses, energies, traffic = ({name: [] for name in counts} for _ in range(4))  # type: ignore[var-annotated]
    for name, by_machine in counts.items():
        for machine, count in by_machine.items():
            factor = speed_up(count, by_machine[first])
            speeds[name].append(Bar(machine, {machine: factor or 0.0}))
            shares = {"multiplying": count.utilisation, **losses_of(count)}
            losses[name].append(Bar(machine, shares))
            energy = energy_of(count.events, table)
            chip = sum(pj for part, pj in energy.items() if not part.startswith("DRAM"))
            outside = sum(energy.values()) - chip
            energies[name].append(Bar(machine, {"chip": chip / _UJ, "DRAM": outside / _UJ}))
            dram, inside = _traffic(count)
            traffic[name].append(Bar(machine, {"DRAM": dram, "on-chip RAMs": inside}))
    return [
        f'<div class="wide">{chart}</div>'
        for chart in (
            bar_chart(f"Speed-up over {first}, {what}", speeds, unit="times", lines={first: 1.0}),
            bar_chart(f"Where the slots of multipliers went, {what}", losses, unit="share"),
            bar_chart(f"Energy, {what}", energies, unit="uJ"),
            bar_chart(f"Traffic, {what}", traffic, unit="MB"),
        )
    ]


def _traffic(count: LayerCount) -> tuple[float, float]:
    """Megabytes that cross to DRAM, and to the RAMs of the chip."""
    inside = sum(e.times * e.bits for e in count.events if e.kind in ("read", "write"))
    return count.dram_bits / _MB, inside / _MB


def _table(counts: Mapping[str, Mapping[str, LayerCount]], table: EnergyTable) -> str:
    kinds = list(
        dict.fromkeys(
            kind
            for by_machine in counts.values()
            for count in by_machine.values()
            for kind in count.losses
        )
    )
    rows = []
    for name, by_machine in counts.items():
        first = next(iter(by_machine.values()))
        for machine, count in by_machine.items():
            factor = speed_up(count, first)
            shares = losses_of(count)
            figures = figures_of(count, table)
            rows.append(
                html_row(
                    [
                        *(name, machine, f"{count.cycles:,}", f"{count.utilisation:.3f}"),
                        "" if factor is None else f"{factor:.2f}",
                        f"{sum(figures['energy_pj'].values()) / _UJ:,.2f}",
                        *(f"{part:,.2f}" for part in _traffic(count)),
                        *(f"{shares[kind]:.3f}" if kind in shares else "" for kind in kinds),
                    ]
                )
            )
    heads = [*_HEAD, *(kind.replace("_", " ") for kind in kinds)]
    return f'<div class="wide">{html_table(heads, rows)}</div>'
