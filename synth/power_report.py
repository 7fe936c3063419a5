"""What a report about power holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

__all__ = ["BlockPower", "ModulePower", "Power", "PowerReport", "SramPower"]


class Power(NamedTuple):
    """What something takes.

    Attributes
    ----------
    clock : float
        Clock pins of flip-flops and their loads [mW].
    internal : float
        Other pins of cells, inside of the cells [mW].
    switching : float
        Loads of nets [mW].
    leakage : float
        At any time; of cells only [mW].
    sram : float
        Accesses of macros [mW].
    """

    clock: float = 0.0
    internal: float = 0.0
    switching: float = 0.0
    leakage: float = 0.0
    sram: float = 0.0

    @property
    def total(self) -> float:
        """All of it [mW]."""
        return sum(self)

    def plus(self, other: Power, times: float = 1) -> Power:
        """Add `times` of another."""
        return Power(*(a + times * b for a, b in zip(self, other, strict=True)))


@dataclass(frozen=True, kw_only=True)
class BlockPower:
    """Power of all that belongs to one block of the design.

    Attributes
    ----------
    name : str
        A key of :data:`grus.synth.blocks.BLOCKS`, or ``SRAMs``, or ``other``.
    power : Power
        Of its logic, or for ``SRAMs`` of the macros.
    share : float
        Part of all power, 0 to 1.
    """

    name: str
    power: Power
    share: float


@dataclass(frozen=True, kw_only=True)
class ModulePower:
    """Power of one distinct module in one block.

    Attributes
    ----------
    name, block : str
        Module and block.
    instances : int
        Its instances in that block.
    power : Power
        Mean of them, without their children and macros.
    """

    name: str
    block: str
    instances: int
    power: Power


@dataclass(frozen=True, kw_only=True)
class SramPower:
    """Power of one memory that is a macro.

    Attributes
    ----------
    module, name : str
        Where it is, and what it is called there.
    count : int
        Memories of this name in that block of the design.
    reads, writes : float
        Accesses of one of them in a cycle; a write of part of a word is that part of a write.
    power_mw : float
        One of them [mW].
    """

    module: str
    name: str
    count: int
    reads: float
    writes: float
    power_mw: float


@dataclass(frozen=True, kw_only=True)
class PowerReport:
    """Power of a design while it does what was recorded.

    Attributes
    ----------
    top : str
        Name of the top module.
    tool, library, sram_table : str
        Yosys and its version, the cells, and the table of macros.
    clock_mhz : float
        Clock [MHz].
    cycles, macs : int
        Recorded clock cycles, and effectual pairs multiplied in them.
    power : Power
        Of all.
    nets_seen : float
        Part of the nets with loads, without clocks, whose changes were recorded, 0 to 1; those of
        the others were worked out.
    switching_seen : float
        Part of the power `switching` of such nets, 0 to 1.
    worked_out_ratio : float, optional
        Changes of gates' outputs that were recorded, if they are worked out all the same, by what
        was recorded, weighted with their loads; None if there are none.
    blocks : tuple of BlockPower
        Blocks in the order of the table, then SRAMs; those without anything are left out.
    modules : tuple of ModulePower
        Those that take the most first.
    srams : tuple of SramPower
        Those that take the most first.
    """

    top: str
    tool: str
    library: str
    sram_table: str
    clock_mhz: float
    cycles: int
    macs: int
    power: Power
    nets_seen: float
    switching_seen: float
    worked_out_ratio: float | None
    blocks: tuple[BlockPower, ...]
    modules: tuple[ModulePower, ...]
    srams: tuple[SramPower, ...]

    @property
    def pj_per_mac(self) -> float | None:
        """Energy by effectual MACs [pJ]; None if there were none."""
        if not self.macs:
            return None
        return 1000 * self.power.total / self.clock_mhz * self.cycles / self.macs

    @property
    def summary(self) -> str:
        """Energy of a MAC, and how the changes of nets are known, in sentences."""
        energy = self.pj_per_mac
        lines = [
            f"{self.cycles:,} cycles at {self.clock_mhz:g} MHz, {self.macs:,} effectual MACs"
            + ("." if energy is None else f", {energy:.2f} pJ for each."),
            f"Recorded: {self.nets_seen:.1%} of the nets, {self.switching_seen:.1%} of their "
            "switching power; the others are worked out from them.",
        ]
        if self.worked_out_ratio is not None:
            lines.append(
                "Where both are known, what is worked out is "
                f"{self.worked_out_ratio:.2f} times what was recorded."
            )
        return " ".join(lines)

    def block(self, name: str) -> Power:
        """Power of a block; nothing if the design has none of this name."""
        return next((block.power for block in self.blocks if block.name == name), Power())

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        report = asdict(self)
        blocks, modules = (b.power for b in self.blocks), (m.power for m in self.modules)
        parts = (self.power, *blocks, *modules)
        plains = (report, *report["blocks"], *report["modules"])
        for power, plain in zip(parts, plains, strict=True):
            del plain["power"]
            plain["power_mw"] = {**power._asdict(), "total": power.total}
        return {**report, "pj_per_mac": self.pj_per_mac}
