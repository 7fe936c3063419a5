"""What every machine can be asked, and what it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["Event", "LayerCount", "Machine", "total_of"]


class Event(NamedTuple):
    """Something that costs energy, and how often it happened.

    Attributes
    ----------
    component : str
        Part of the machine that it belongs to.
    kind : str
        ``mac`` (a multiplication with its addition), ``idle`` (a multiplier that waits), ``add``,
        ``read``, ``write`` (of a RAM), ``register`` (a word kept or moved), ``dram``.
    times : int
        How often.
    bits : int
        Width of the word [bits]; a ``mac`` has that of its operands.
    ram_bytes : int
        Size of the RAM that is read or written [bytes]; 0 for all other kinds.
    """

    component: str
    kind: str
    times: int
    bits: int
    ram_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class LayerCount:
    """How a layer went on a machine.

    Parameters
    ----------
    machine, layer : str
        Their names.
    origin : str
        Where the layer's patterns come from; says whether they are synthetic.
    cycles : int
        Clock cycles, operands being there.
    multipliers : int
        Multipliers of the machine.
    effectual_macs : int
        Effectual pairs of the layer.
    losses : mapping of str to int
        Slots of multipliers (one multiplier in one cycle) without an effectual pair, by reason.
    events : sequence of Event
        What costs energy.
    choices : mapping of str to int
        What the machine chose for this layer, by name.

    Raises
    ------
    ValueError
        If effectual pairs and losses do not add up to multipliers x cycles, or one is negative.
    """

    machine: str
    layer: str
    origin: str
    cycles: int
    multipliers: int
    effectual_macs: int
    losses: Mapping[str, int]
    events: Sequence[Event] = ()
    choices: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = self.effectual_macs + sum(self.losses.values())
        if named != self.slots or min(self.losses.values(), default=0) < 0:
            raise ValueError(
                f"effectual pairs and losses of {self.layer} on {self.machine} must be positive "
                f"and add up to {self.slots} slots, not {self.effectual_macs} and "
                f"{dict(self.losses)}"
            )

    @property
    def slots(self) -> int:
        """Multipliers x cycles."""
        return self.multipliers * self.cycles

    @property
    def utilisation(self) -> float:
        """Effectual pairs by slots: 1 on Ideal. 0 if there was nothing to do."""
        return self.effectual_macs / max(self.slots, 1)

    @property
    def dram_bits(self) -> int:
        """Traffic with DRAM [bits]."""
        return sum(event.times * event.bits for event in self.events if event.kind == "dram")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; without the events."""
        return {
            "machine": self.machine,
            "layer": self.layer,
            "origin": self.origin,
            "cycles": self.cycles,
            "multipliers": self.multipliers,
            "effectual_macs": self.effectual_macs,
            "utilisation": self.utilisation,
            "losses": dict(self.losses),
            "dram_bits": self.dram_bits,
            "choices": dict(self.choices),
        }


class Machine(Protocol):
    """Anything that can count a layer."""

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        ...


def total_of(counts: Sequence[LayerCount], name: str) -> LayerCount:
    """Layers of one machine taken together.

    Parameters
    ----------
    counts : sequence of LayerCount
        At least one; all of the same machine.
    name : str
        What the sum is called.

    Raises
    ------
    ValueError
        If there is no layer, or the layers are of different machines.
    """
    machines = {(count.machine, count.multipliers) for count in counts}
    if len(machines) != 1:
        raise ValueError(f"layers of {name} must be of one machine, not of {len(machines)}")
    ((machine, multipliers),) = machines
    losses: Counter[str] = Counter()
    events: Counter[tuple[str, str, int, int]] = Counter()
    for count in counts:
        losses.update(count.losses)
        for event in count.events:
            events[event.component, event.kind, event.bits, event.ram_bytes] += event.times
    kinds = {count.origin.split(":")[0] for count in counts}
    return LayerCount(
        machine=machine,
        layer=name,
        origin=f"{' and '.join(sorted(kinds))}: {len(counts)} layers",
        cycles=sum(count.cycles for count in counts),
        multipliers=multipliers,
        effectual_macs=sum(count.effectual_macs for count in counts),
        losses=dict(losses),
        events=[Event(part, kind, n, bits, ram) for (part, kind, bits, ram), n in events.items()],
    )
