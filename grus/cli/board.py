"""``grus board``: the bitstream of a design for an FPGA board."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from grus.cli.options import (
    DESIGNS,
    design_argument,
    json_option,
    load_design,
    output_option,
    overrides_option,
)
from grus.cli.output import console, empty_table, write_json
from grus.files import write_bytes
from grus.hw.board.board_system import BoardSystem
from grus.hw.board.config import BoardConfig, bit_cycles_of
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.sim.serial_line import BAUD
from grus.synth.bitstream import STAGES, Bitstream, make_bitstream, require_memory
from grus.synth.boards import BOARDS
from grus.synth.fpga_html import HEADINGS

__all__ = ["board"]


@click.command(epilog=DESIGNS)
@design_argument
@click.option(
    "--board",
    "board_name",
    type=click.Choice(list(BOARDS)),
    default="ulx3s-85f",
    show_default=True,
    help="What the bitstream is for.",
)
@output_option
@click.option(
    "--clock-mhz", type=float, default=15.0, show_default=True, help="Clock of the design."
)
@click.option(
    "--memory-kb", type=int, default=128, show_default=True, help="Memory on the chip, for layers."
)
@click.option(
    "--baud", type=click.IntRange(1), default=BAUD, show_default=True, help="Of the UART."
)
@click.option("--bus-bits", type=int, default=64, show_default=True, help="Width of the AXI bus.")
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Where placement starts."
)
@overrides_option
@json_option
def board(
    design: str,
    board_name: str,
    output: Path,
    clock_mhz: float,
    memory_kb: int,
    baud: int,
    bus_bits: int,
    seed: int,
    overrides: tuple[str, ...],
    json_path: Path | None,
) -> None:
    """Make the bitstream of DESIGN, with a memory on the chip and a host at the board's UART.

    Writes it with the pins, the RTLIL, the log of place and route and a report; nothing is written
    if the design does not fit, or not at this clock. `grus run --port` is the host.
    """
    config = load_design(design, overrides)
    clock_hz = round(clock_mhz * 1e6)
    if clock_hz <= 0:
        raise ValueError(f"clock must be more than 0 MHz, not {clock_mhz:g}")
    axi = AxiConfig(data_bits=bus_bits)
    slots = SlotFormat(config=config, axi=axi)
    system = BoardConfig(
        axi=axi, memory_bytes=memory_kb * 1024, bit_cycles=bit_cycles_of(clock_hz, baud)
    )
    target = BOARDS[board_name]
    require_memory(system, target)
    with console.status("") as status:
        made = make_bitstream(
            partial(BoardSystem, slots, system),
            target,
            name=config.name,
            clock_hz=clock_hz,
            seed=seed,
            tell=lambda stage: status.update(
                f"{config.name} for {board_name}: {stage} ({STAGES.index(stage) + 1} of "
                f"{len(STAGES)})"
            ),
        )
    report = {
        **{"design": config.to_dict(), "board": board_name, "bus": axi.to_dict()},
        **{"memory_bytes": system.memory_bytes, "baud": baud, "seed": seed},
        **made.to_dict(),
    }
    stem = f"{config.name}-{board_name}"
    for suffix, content in made.files.items():
        write_bytes(output / f"{stem}{suffix}", content)
    for path in {output / f"{stem}.json", json_path}:
        write_json(path, report)
    _show(made, f"{config.name}, {board_name}")
    console.print(f"{output / stem}.bit: {len(made.files['.bit']):,} bytes")


def _show(made: Bitstream, title: str) -> None:
    table = empty_table(title)
    table.add_column("after")
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, taken in (("synthesis", made.synthesised), ("place and route", made.routed)):
        table.add_row(name, *(f"{count:,}" for count in taken))
    shares = (a / b for a, b in zip(made.routed, made.device_has, strict=True))
    table.add_row(f"share of {made.device}", *(f"{share:.1%}" for share in shares))
    console.print(table)
    console.print(
        f"Clock: {made.clock_hz / 1e6:g} MHz asked, {made.achieved_hz / 1e6:.2f} MHz achieved."
    )
    times = ", ".join(f"{stage} {made.seconds[stage]:.0f} s" for stage in STAGES)
    cpu = sum(made.cpu_seconds.values())
    console.print(f"{sum(made.seconds.values()):.0f} s, {cpu:.0f} s of a processor: {times}.")
    console.print(f"{'; '.join(made.tools)}.")
