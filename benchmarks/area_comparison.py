"""Crane-IS against Cambricon-X: area, and effectual MACs per cycle and mm2, beside the paper's.

``GRUS_NETWORKS=... python -m benchmarks.area_comparison --json FILE --markdown FILE``. Both designs
are generated, mapped and counted in the same run; VGG-16's patterns are synthetic.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from grus.cli.output import console, progress, write_json, write_text
from grus.hw.dma.config import AxiConfig
from grus.hw.presets import load_config
from grus.sim.rivals.machine import LayerCount
from grus.study.comparison import compare
from grus.study.machines import machine_of
from grus.study.workload import Workload
from grus.synth.area import report_rtlil
from grus.synth.blocks import LOAD_BALANCING
from grus.synth.emission import Top, emit_design
from grus.synth.flow import generic_flow
from grus.synth.report import AreaReport
from grus.synth.sram import read_sram_table

_RIVAL = "cambricon-x"
# Memories of inputs and weights.
_OPERAND_RAMS = ("BroadcastRam", "ResidentRam", "SynapseBuffer")
_UM2_IN_MM2 = 1e6


class Areas(NamedTuple):
    """Area of a design, in the paper's parts.

    Attributes
    ----------
    total_mm2 : float
        Logic and memories [mm2].
    logic, memory : float
        Their shares.
    selectors, load_balancing : float
        Shares of index selectors, and of what stealing needs.
    operand_rams_mm2 : float
        Memories of inputs and weights [mm2].
    """

    total_mm2: float
    logic: float
    memory: float
    selectors: float
    load_balancing: float
    operand_rams_mm2: float


@click.command()
@click.option("--crane", default="crane-is", show_default=True, help="The Crane design.")
@click.option(
    "--top", type=click.Choice(["core", "accelerator"]), default="accelerator", show_default=True
)
@click.option("--json", "json_path", type=click.Path(path_type=Path), required=True)
@click.option("--markdown", type=click.Path(path_type=Path), help="Also write both tables here.")
def main(crane: str, top: Top, json_path: Path, markdown: Path | None) -> None:
    """Map both designs, count both on SqueezeNet and VGG-16, print tables."""
    um2 = read_sram_table().nand2_um2
    reports = {name: _report(name, top) for name in (crane, _RIVAL)}
    areas = {name: areas_of(report, um2) for name, report in reports.items()}
    counts = {name: _count(network, crane) for name, network in _workloads().items()}
    first = reports[crane]
    text = "\n".join(
        [
            *markdown_table(
                ("", crane, _RIVAL, "paper: Crane-IS", "paper: Cambricon-X"),
                area_rows(areas[crane], areas[_RIVAL]),
            ),
            "",
            *markdown_table(
                ("network", "machine", "cycles", "utilisation", "MACs/cycle", "MACs/cycle/mm2", ""),
                speed_rows(counts, areas[crane], areas[_RIVAL]),
            ),
            "",
            f"{top}; {first.tool}; cells: {first.library}, NAND2 of {um2:g} um2; "
            f"SRAMs: {first.sram_table}.",
        ]
    )
    console.print(text, soft_wrap=True, markup=False)
    write_json(
        json_path,
        {
            "top": top,
            "tool": first.tool,
            "library": first.library,
            "sram_table": first.sram_table,
            "nand2_um2": um2,
            "areas": {name: found._asdict() for name, found in areas.items()},
            "blocks": {
                name: {block.name: block.area_ge for block in report.blocks}
                for name, report in reports.items()
            },
            "networks": {
                network: {name: _counted(total) for name, total in totals.items()}
                for network, totals in counts.items()
            },
        },
    )
    if markdown is not None:
        write_text(markdown, text + "\n")


def areas_of(report: AreaReport, nand2_um2: float) -> Areas:
    """Parts of a design.

    Parameters
    ----------
    report : AreaReport
        The design, mapped.
    nand2_um2 : float
        Area of a NAND2 equivalent [um2].
    """

    def of_classes(names: Iterable[str]) -> float:
        return sum(
            module.area_ge * module.instances
            for module in report.modules
            if _class_of(module.name) in names
        )

    rams = (sram for sram in report.srams if _class_of(sram.module) in _OPERAND_RAMS)
    blocks = {block.name: block.area_ge for block in report.blocks}
    return Areas(
        total_mm2=report.total_ge * nand2_um2 / _UM2_IN_MM2,
        logic=report.area_ge / report.total_ge,
        memory=report.sram_ge / report.total_ge,
        selectors=blocks.get("index selectors", 0.0) / report.total_ge,
        load_balancing=of_classes(LOAD_BALANCING) / report.total_ge,
        operand_rams_mm2=sum(sram.area_ge * sram.count for sram in rams) * nand2_um2 / _UM2_IN_MM2,
    )


def area_rows(crane: Areas, rival: Areas) -> list[tuple[str, ...]]:
    """Areas of both, and those of the paper, section 5.2.1."""

    def share(what: str, name: str, *paper: str) -> tuple[str, ...]:
        shares = (f"{getattr(design, name):.2%}" for design in (crane, rival))
        return (f"{what}, of the total", *shares, *paper)

    more = crane.total_mm2 / rival.total_mm2 - 1
    more_rams = crane.operand_rams_mm2 / rival.operand_rams_mm2 - 1
    return [
        ("total [mm2]", f"{crane.total_mm2:.2f}", f"{rival.total_mm2:.2f}", "6.92", "6.43"),
        ("total, against Cambricon-X", f"{more:+.2%}", "", "+7.62%", ""),
        share("logic", "logic", "62.57%", "66.56%"),
        share("memory", "memory", "37.43%", "33.44%"),
        ("input and weight memories", f"{more_rams:+.1%}", "", "+27.5%", ""),
        share("index selectors", "selectors", "", ""),
        share("load balancing", "load_balancing", "5%", ""),
    ]


def speed_rows(
    counts: Mapping[str, Mapping[str, LayerCount]], crane: Areas, rival: Areas
) -> list[tuple[str, ...]]:
    """Effectual MACs per cycle and mm2, and by how much Crane's are more or less.

    The first machine of each network is Crane, all others are readings of Cambricon-X.
    """
    rows = []
    for network, totals in counts.items():
        figures = []
        for name, total in totals.items():
            area = rival if figures else crane
            figures.append(total.effectual_macs / total.cycles / area.total_mm2)
            rows.append(
                (
                    network,
                    name,
                    f"{total.cycles:,}",
                    f"{total.utilisation:.3f}",
                    f"{total.effectual_macs / total.cycles:.1f}",
                    f"{figures[-1]:.2f}",
                    f"Crane: x {figures[0] / figures[-1]:.3f}" if figures[1:] else "",
                )
            )
    return rows


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _class_of(module: str) -> str:
    return re.sub(r"_\d+$", "", module)


def _report(design: str, top: Top) -> AreaReport:
    with progress() as bar:
        task = bar.add_task(f"Generating {design}", total=None)
        rtlil = emit_design(load_config(design), top, AxiConfig())
        return report_rtlil(
            rtlil,
            generic_flow(),
            progress=lambda done, total, name: bar.update(
                task, completed=done, total=total, description=f"Mapped {name or design}"
            ),
        )


def _workloads() -> dict[str, Workload]:
    """VGG-16, and SqueezeNet if there is a folder of real networks."""
    found = {}
    if "GRUS_NETWORKS" in os.environ:
        files = Path(os.environ["GRUS_NETWORKS"]) / "squeezenet_dc"
        found["SqueezeNet, real"] = Workload(
            network=str(files / "model.onnx"),
            image=str(min(files.glob("input_*.npy"))),
            scales=str(files / "quant.json"),
        )
    return {**found, "VGG-16, synthetic": Workload(network="vgg16")}


def _count(workload: Workload, crane: str) -> dict[str, LayerCount]:
    """Crane, Cambricon-X as the original is reconstructed, and as its RTL counts."""
    names = [crane, _RIVAL, f"{_RIVAL}:rtl=true"]
    return compare(workload, [machine_of(name) for name in names]).totals


def _counted(total: LayerCount) -> dict[str, Any]:
    return {
        "cycles": total.cycles,
        "effectual_macs": total.effectual_macs,
        "utilisation": total.utilisation,
        "origin": total.origin,
    }


if __name__ == "__main__":
    main()
