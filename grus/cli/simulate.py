"""``grus simulate``: networks on machines, counted cycle by cycle and laid side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from grus.cli.options import json_option
from grus.cli.output import console, progress, write_json, write_text
from grus.cli.simulate_tables import layers_table, networks_table
from grus.sim.rivals.energy import load_energy
from grus.sim.workloads.benchmarks import NETWORKS
from grus.study.comparison import compare
from grus.study.machines import (
    DESIGNS,
    NamedMachine,
    data_bits_of,
    machine_of,
    parameters_of,
)
from grus.study.memory import memory_sentence, with_memory
from grus.study.page import comparison_page
from grus.study.trace_file import write_trace
from grus.study.tracing import trace_network, traceable
from grus.study.workload import MASKS, Workload

__all__ = ["simulate"]

_FILE = click.Path(dir_okay=False, path_type=Path)
_EPILOG = (
    f"NETWORK is {', '.join(NETWORKS)} (synthetic patterns of published densities), or an ONNX "
    f"file. A design is {', '.join(DESIGNS)}, or a TOML file of parameters; "
    "changes follow a colon, as in crane-is:lookahead=32,steal=false; cambricon-x:rtl=true is "
    "counted as its RTL counts itself, not as the original is reconstructed."
)


@click.command(epilog=_EPILOG)
@click.argument("networks", metavar="NETWORK...", nargs=-1, required=True)
@click.option("--design", "designs", multiple=True, required=True, help="May be repeated.")
@click.option(
    "--input", "images", multiple=True, help="Image as .npy, float; one for each ONNX file."
)
@click.option("--scales", multiple=True, help="Fractions as JSON, one for each ONNX file.")
@click.option("--products", is_flag=True, help="Count an ONNX file's matrix products too.")
@click.option(
    "--masks",
    type=click.Choice(list(MASKS)),
    default="uneven",
    show_default=True,
    help="How uneven drawn patterns are.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of patterns.")
@click.option("--latency", type=int, help="Of memory [cycles]; without it operands are there.")
@click.option(
    "--bandwidth",
    type=float,
    help="Words of 128 bits that memory moves each way in a cycle, at most 1; with --latency.",
)
@click.option("--energy", "energy_path", type=_FILE, help="Energies, like sim/rivals/energy.toml.")
@json_option
@click.option("--report", "report_path", type=_FILE, help="Also write an HTML page to this file.")
@click.option("--layer", "only", multiple=True, help="Count only this layer; may be repeated.")
@click.option(
    "--trace",
    "trace_path",
    type=_FILE,
    help="Also write what each PE does, for Chrome or Perfetto, to this file.",
)
def simulate(
    networks: tuple[str, ...],
    designs: tuple[str, ...],
    images: tuple[str, ...],
    scales: tuple[str, ...],
    products: bool,
    masks: str,
    seed: int,
    latency: int | None,
    bandwidth: float | None,
    energy_path: Path | None,
    json_path: Path | None,
    report_path: Path | None,
    only: tuple[str, ...],
    trace_path: Path | None,
) -> None:
    """Count each NETWORK on each design: cycles, utilisation, losses, energy, traffic.

    Speed-up is against the first design. Nothing is written before all is counted.
    """
    machines, memory = [machine_of(design) for design in designs], ""
    share = _share_of(latency, bandwidth)
    if latency is not None:
        machines = [with_memory(machine, latency, share) for machine in machines]
        memory = memory_sentence(latency, share)
    names = [machine.name for machine in machines]
    if len(set(names)) < len(names):
        raise ValueError(f"designs must have different names, not {', '.join(names)}")
    workloads = [
        replace(workload, only=only)
        for workload in _workloads(networks, images, scales, products, masks, seed)
    ]
    bits = _common_bits(machines, workloads)
    table = load_energy(energy_path)
    if trace_path is not None and latency is not None:
        raise ValueError("--trace must stand without --latency: it shows the array, never late")
    if trace_path is not None:
        crane = traceable(machines, workloads, bits)
    comparisons = []
    with progress() as bar:
        for workload in workloads:
            task = bar.add_task(workload.title, total=None)

            def show(done: int, total: int, name: str, task: Any = task) -> None:
                bar.update(task, completed=done, total=total, description=name[:32])

            comparisons.append(compare(workload, machines, data_bits=bits, report=show))
    if trace_path is not None:
        write_trace(trace_path, trace_network(crane, workloads[0], bits), machine=crane.name)
    for comparison in comparisons:
        console.print(layers_table(comparison, table))
    console.print(networks_table(comparisons, table))
    for sentence in filter(None, (comparisons[0].multipliers, memory)):
        console.print(sentence, highlight=False)
    results = {
        "designs": {machine.name: parameters_of(machine) for machine in machines},
        "memory": memory,
        "networks": [comparison.to_dict(table) for comparison in comparisons],
    }
    write_json(json_path, results)
    if report_path is not None:
        write_text(report_path, comparison_page(comparisons, table, memory))


def _share_of(latency: int | None, bandwidth: float | None) -> float:
    if latency is None and bandwidth is not None:
        raise ValueError("--bandwidth must go with --latency, and that is missing")
    return 1.0 if bandwidth is None else bandwidth


def _workloads(
    networks: tuple[str, ...],
    images: tuple[str, ...],
    scales: tuple[str, ...],
    products: bool,
    masks: str,
    seed: int,
) -> list[Workload]:
    files = [network for network in networks if network not in NETWORKS]
    for option, given, needed in (("input", images, len(images)), ("scales", scales, len(scales))):
        if needed and needed != len(files):
            raise ValueError(
                f"--{option} must be given once for each ONNX file, {len(files)} times, "
                f"not {len(given)}"
            )
    workloads, place = [], 0
    for network in networks:
        if network in NETWORKS:
            workloads.append(Workload(network=network, masks=masks, seed=seed))
            continue
        workloads.append(
            Workload(
                network=network,
                image=images[place] if images else "",
                scales=scales[place] if scales else "",
                products=products,
            )
        )
        place += 1
    titles = [workload.title for workload in workloads]
    if len(set(titles)) < len(titles):
        raise ValueError(f"networks must have different names, not {', '.join(titles)}")
    return workloads


def _common_bits(machines: list[NamedMachine], workloads: list[Workload]) -> int:
    """Real networks are calibrated once, for all designs."""
    widths = {data_bits_of(machine) for machine in machines}
    if len(widths) > 1 and not all(workload.synthetic for workload in workloads):
        raise ValueError(
            "designs must have equal data_bits to share a real network's zeros, not "
            f"{', '.join(map(str, sorted(widths)))}"
        )
    return min(widths)
