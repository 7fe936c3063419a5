"""``grus cost``: area of designs from yosys, block by block."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from grus.cli.cost_fpga import cost_fpga
from grus.cli.cost_power import measure, power_job, power_options, show_power
from grus.cli.cost_tables import cost_table, critical_path, path_table, through_modules
from grus.cli.mapping_progress import mapping_progress
from grus.cli.options import DESIGNS, json_option, load_design, overrides_option
from grus.cli.output import console, write_json, write_text
from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig
from grus.synth.area import report_rtlil
from grus.synth.default_liberty import DEFAULT_LIBERTY, default_liberty
from grus.synth.delay import Path as DelayPath
from grus.synth.design_path import DesignPath
from grus.synth.emission import Top, emit_design
from grus.synth.flow import Flow, asic_flow, generic_flow
from grus.synth.fpga_flow import FAMILIES
from grus.synth.html_report import html_report
from grus.synth.liberty import read_liberty
from grus.synth.paths import long_paths, multiplier_design_path, multiplier_path
from grus.synth.power_report import PowerReport
from grus.synth.report import AreaReport, plain_design_path
from grus.synth.sram import DEFAULT_TABLE, SramTable, read_sram_table
from grus.synth.static_timing import opensta_version
from grus.synth.yosys import yosys_version

__all__ = ["cost"]

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(epilog=DESIGNS)
@click.argument("designs", metavar="DESIGN...", nargs=-1, required=True)
@click.option(
    "--target",
    type=click.Choice(["generic", "asic", *FAMILIES]),
    default="generic",
    show_default=True,
    help="Transistors of gates, the cells of a Liberty file with their delays, or an FPGA.",
)
@click.option("--liberty", type=_FILE, help=f"Cells of the target asic [{DEFAULT_LIBERTY}].")
@click.option("--sram", type=_FILE, help="Costs of SRAM macros, like synth/sram.toml.")
@click.option(
    "--top",
    type=click.Choice(["core", "accelerator"]),
    default="core",
    show_default=True,
    help="The core alone, or with DMA, registers and controller.",
)
@click.option("--bus-bits", type=int, default=128, show_default=True, help="Width of the AXI bus.")
@power_options
@overrides_option
@json_option
@click.option("--report", "report_path", type=_FILE, help="Also write an HTML page to this file.")
def cost(
    designs: tuple[str, ...],
    target: str,
    liberty: Path | None,
    sram: Path | None,
    top: Top,
    bus_bits: int,
    overrides: tuple[str, ...],
    json_path: Path | None,
    report_path: Path | None,
    **power: Any,
) -> None:
    """Map each DESIGN to gates and print the area of each block.

    Several designs stand side by side, with ratios to the first. A second run after a small change
    maps only what has changed. Memories of 1024 bits and more are SRAM macros, or block RAMs.

    With --power the RTL of each design plays a layer; what its nets do in it is what takes power.
    """
    if liberty is not None and target != "asic":
        raise ValueError(f"--liberty must come with --target asic, not {target}")
    if sram is not None and target in FAMILIES:
        raise ValueError(f"--sram must come with --target generic or asic, not {target}")
    job = power_job(target, top, **power)
    configs = _load(designs, overrides)
    if target in FAMILIES:
        axi = AxiConfig(data_bits=bus_bits)
        cost_fpga(configs, top, axi, target, json_path, report_path)
        return
    axi, sram_table = AxiConfig(data_bits=bus_bits), read_sram_table(sram or DEFAULT_TABLE)
    yosys_version()
    flow = generic_flow() if target == "generic" else _asic_flow(liberty)
    layers = job.prepare(flow.library, configs) if job else {}
    try:
        reports = {
            name: _report(config, top, axi, flow, sram_table) for name, config in configs.items()
        }
        reference = multiplier_path(flow) if flow.timed else None
        through = multiplier_design_path(flow) if flow.timed else None
    except RuntimeError as error:  # what Yosys says of a library that the user has named
        if liberty is None:
            raise
        raise ValueError(f"liberty must suit yosys, and {liberty} does not: {error}") from error
    powers = {
        name: measure(configs[name], layer, flow, sram_table) for name, layer in layers.items()
    }
    _show(reports, top, reference, through)
    show_power(powers)
    results = _results(configs, reports, top, target, (reference, through), powers)
    write_json(json_path, results)
    if report_path is not None:
        write_text(report_path, html_report(reports, reference, powers))


def _load(designs: tuple[str, ...], overrides: tuple[str, ...]) -> dict[str, CraneConfig]:
    configs = [load_design(design, overrides) for design in designs]
    by_name = {config.name: config for config in configs}
    if len(by_name) < len(configs):
        raise ValueError(f"designs must have different names, not {', '.join(designs)}")
    return by_name


def _asic_flow(liberty: Path | None) -> Flow:
    library = read_liberty(liberty or default_liberty())
    library = library if liberty else library._replace(name=DEFAULT_LIBERTY)
    return asic_flow(library, opensta_version())


def _report(
    config: CraneConfig, top: Top, axi: AxiConfig, flow: Flow, sram_table: SramTable
) -> AreaReport:
    with mapping_progress(config.name) as show:
        rtlil = emit_design(config, top, axi)
        return report_rtlil(rtlil, flow, sram_table=sram_table, progress=show)


def _show(
    reports: dict[str, AreaReport],
    top: Top,
    reference: DelayPath | None,
    through: DesignPath | None,
) -> None:
    first = next(iter(reports.values()))
    title = next(iter(reports)) if len(reports) == 1 else "designs"
    console.print(cost_table(reports, f"{title}, {top}"))
    for name, report in reports.items():
        if reference is not None:
            console.print(f"{name}: {critical_path(report)}")
            if long_paths(report, reference):
                console.print(path_table(report, reference, name))
        if through is not None and report.path is not None:
            console.print(f"{name}: {through_modules(report.path, through)}")
    if reference is not None:
        console.print(f"A 16 x 16 bit multiplier by the same flow: {reference.delay_ps:,.0f} ps.")
    unit = "" if first.nand2_um2 is None else f" (NAND2 {first.nand2_um2:g} um2)"
    console.print(f"{first.tool}; cells: {first.library}{unit}; SRAMs: {first.sram_table}")


def _results(
    configs: dict[str, CraneConfig],
    reports: dict[str, AreaReport],
    top: Top,
    target: str,
    multiplier: tuple[DelayPath | None, DesignPath | None],
    powers: dict[str, PowerReport],
) -> dict[str, Any]:
    reference, through = multiplier
    return {
        "target": target,
        "top": top,
        "multiplier_path": reference and reference._asdict(),
        "multiplier_path_through_modules": through and plain_design_path(through),
        "designs": [
            {
                "design": configs[name].to_dict(),
                **report.to_dict(),
                "power": powers[name].to_dict() if name in powers else None,
            }
            for name, report in reports.items()
        ],
    }
