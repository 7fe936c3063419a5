"""Names of the performance counters, in the order of their addresses."""

from grus.hw.config import CraneConfig

__all__ = ["LOSSES", "MACHINE_COUNTERS", "PE_COUNTERS", "counter_names"]

MACHINE_COUNTERS = ("cycles", "rounds", "steals", "tiles")

# Cycles of a processing element that are lost, by what they are lost to.
LOSSES = ("imbalance", "conflict", "broadcast", "resident_fetch", "output", "memory")

# Of each processing element: its cycles, busy or lost; effectual pairs multiplied; and multipliers
# left idle in busy cycles, that is fragmentation.
PE_COUNTERS = ("busy", *LOSSES, "macs", "idle_slots")


def counter_names(config: CraneConfig) -> list[str]:
    """Names by address: the machine's counters, then ``busy_0``, ... for each element."""
    per_pe = [f"{name}_{pe}" for pe in range(config.pes) for name in PE_COUNTERS]
    return [*MACHINE_COUNTERS, *per_pe]
