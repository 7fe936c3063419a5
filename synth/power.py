"""Power of a design while it does what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from grus.synth.blocks import BLOCKS, OTHER, SRAMS
from grus.synth.circuit import Circuit, Energies
from grus.synth.flow import Flow
from grus.synth.instances import count_instances, places_of
from grus.synth.mapping import Progress, map_modules
from grus.synth.memories import Memory
from grus.synth.netlist import Netlist, unpack_netlist
from grus.synth.power_cells import PowerLibrary, power_library, require_power
from grus.synth.power_report import BlockPower, ModulePower, Power, PowerReport, SramPower
from grus.synth.rates import Rates
from grus.synth.recording import Recording, rates_of
from grus.synth.rtlil import split_modules
from grus.synth.sram import SramTable, read_sram_table
from grus.synth.yosys import yosys_version

__all__ = ["report_power"]


class _Share(NamedTuple):
    """What the instances of a module in a block take."""

    module: ModulePower
    energies: Energies
    check: tuple[float, float]
    srams: tuple[SramPower, ...]


def report_power(
    rtlil: str,
    flow: Flow,
    recording: Recording,
    *,
    clock_mhz: float,
    sram_table: SramTable | None = None,
    progress: Progress | None = None,
) -> PowerReport:
    """Power of all modules of a design.

    Modules are mapped as :func:`grus.synth.area.report_rtlil` maps them. What is mapped once sees
    the mean of what its instances did, block by block.

    Parameters
    ----------
    rtlil : str
        The design, as :func:`grus.hw.emit.to_rtlil` writes it.
    flow : Flow
        Cells of a process.
    recording : Recording
        What the design did.
    clock_mhz : float
        Clock [MHz].
    sram_table : SramTable, optional
        What accesses of macros take; ``sram.toml`` if left out.
    progress : callable, optional
        As in :func:`grus.synth.mapping.map_modules`.

    Returns
    -------
    PowerReport
        Power by block and by module.

    Raises
    ------
    MissingToolError
        If Yosys is not installed.
    RuntimeError
        If Yosys rejects the design.
    ValueError
        If the library says nothing of power, the clock is not above 0, or nothing was recorded.

    Notes
    -----
    Source: project decisions D-062 to D-064.
    """
    require_power(flow.library)
    if not clock_mhz > 0:
        raise ValueError(f"clock_mhz must be above 0, not {clock_mhz:g}")
    if recording.cycles < 1:
        raise ValueError(f"cycles must be at least 1, not {recording.cycles}")
    table = sram_table or read_sram_table()
    modules = split_modules(rtlil)
    mapped = map_modules(modules, flow, progress=progress)
    counts, places = count_instances(modules, mapped), places_of(modules)
    netlists = {name: unpack_netlist(module.netlist) for name, module in mapped.items()}
    kinds = {kind for netlist in netlists.values() for kind in netlist.cells}
    library = power_library(flow.library, kinds)
    shares = []
    for name, netlist in netlists.items():
        circuit = Circuit(netlist, library)
        for block, instances in counts[name].items():
            seen = rates_of(netlist, modules, places[name][block], recording)
            rates = circuit.settle(seen)
            energies = circuit.energies(rates)
            accesses = _accesses(netlist, mapped[name].memories, rates)
            module = ModulePower(
                name=name,
                block=block,
                instances=instances,
                power=_power(energies, library, clock_mhz),
            )
            srams = tuple(_srams(module, accesses, table, clock_mhz))
            shares.append(_Share(module, energies, circuit.check(seen), srams))
    return _report(list(modules)[-1], shares, flow, table, recording, clock_mhz)


def _power(energies: Energies, library: PowerLibrary, clock_mhz: float) -> Power:
    joule = library.farad * library.volt**2
    milliwatt = 1e3 * clock_mhz * 1e6
    return Power(
        clock=energies.clock * joule * milliwatt,
        internal=energies.internal * joule * milliwatt,
        switching=energies.switching * joule * milliwatt,
        leakage=energies.leakage * library.watt * 1e3,
    )


def _accesses(
    netlist: Netlist, memories: Sequence[Memory], rates: Rates
) -> Iterator[tuple[Memory, float, float]]:
    """Macros of a module, and reads and writes of each in a cycle."""
    for part in netlist.parts:
        if not part.kind:
            bits = len(part.pins["RD_DATA"])
            memory = next(
                m for m in memories if m.name == part.name and m.word_bits * m.read_ports == bits
            )
            reads = float(rates.high[part.pins["RD_EN"]].sum())
            yield memory, reads, float(rates.high[part.pins["WR_EN"]].sum()) / memory.word_bits


def _srams(
    module: ModulePower,
    accesses: Iterator[tuple[Memory, float, float]],
    table: SramTable,
    clock_mhz: float,
) -> Iterator[SramPower]:
    for memory, reads, writes in accesses:
        cost = table.cost(memory)
        yield SramPower(
            module=module.name,
            name=memory.name,
            count=module.instances,
            reads=reads,
            writes=writes,
            power_mw=(reads * cost.read_pj + writes * cost.write_pj) * clock_mhz * 1e-3,
        )


def _report(
    top: str,
    shares: Sequence[_Share],
    flow: Flow,
    table: SramTable,
    recording: Recording,
    clock_mhz: float,
) -> PowerReport:
    powers = dict.fromkeys((*BLOCKS, OTHER, SRAMS), Power())
    for share in shares:
        module = share.module
        powers[module.block] = powers[module.block].plus(module.power, module.instances)
        for sram in share.srams:
            powers[SRAMS] = powers[SRAMS].plus(Power(sram=sram.power_mw), sram.count)
    power = Power()
    for part in powers.values():
        power = power.plus(part)
    checks = [sum(share.check[at] * share.module.instances for share in shares) for at in range(2)]
    times = [(share.energies, share.module.instances) for share in shares]
    return PowerReport(
        top=top,
        tool=yosys_version(),
        library=flow.library.name,
        sram_table=table.name,
        clock_mhz=clock_mhz,
        cycles=recording.cycles,
        macs=recording.macs,
        power=power,
        nets_seen=_part(sum(e.nets_seen * n for e, n in times), sum(e.nets * n for e, n in times)),
        switching_seen=_part(
            sum(e.switching_seen * n for e, n in times), sum(e.switching * n for e, n in times)
        ),
        worked_out_ratio=_part(*checks) if checks[1] else None,
        blocks=_blocks(powers, power),
        modules=tuple(
            sorted((share.module for share in shares), key=lambda m: -m.power.total * m.instances)
        ),
        srams=tuple(
            sorted(
                (sram for share in shares for sram in share.srams),
                key=lambda sram: -sram.power_mw * sram.count,
            )
        ),
    )


def _blocks(powers: Mapping[str, Power], power: Power) -> tuple[BlockPower, ...]:
    return tuple(
        BlockPower(name=name, power=part, share=_part(part.total, power.total))
        for name, part in powers.items()
        if part.total
    )


def _part(some: float, everything: float) -> float:
    return some / everything if everything else 0.0
