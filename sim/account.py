"""Where the cycles of a run went, from the machine's counters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from grus.hw.config import CraneConfig
from grus.hw.core.counters import LOSSES

__all__ = ["Account", "account_of", "contradictions", "sum_over_pes"]


class Account(NamedTuple):
    """Cycles of a run, and what became of them.

    Attributes
    ----------
    cycles : int
        Clock cycles.
    macs : int
        Effectual pairs multiplied.
    steals : int
        Work-items moved.
    utilisation : float
        Effectual pairs by the multipliers' slots in compute cycles, that is in all cycles but
        those that wait for memory.
    overall : float
        The same by the slots of all cycles.
    shares : dict of str to float
        Shares of all slots: ``multiplying``, ``fragmentation``, and each loss; they add up to 1.
    """

    cycles: int
    macs: int
    steals: int
    utilisation: float
    overall: float
    shares: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return self._asdict()


def account_of(counters: Mapping[str, int], config: CraneConfig) -> Account:
    """Account of a run.

    Parameters
    ----------
    counters : mapping of str to int
        All counters by name.
    config : CraneConfig
        The design.
    """

    def total(name: str) -> int:
        return sum_over_pes(counters, name, config)

    cycles, macs = counters["cycles"], total("macs")
    slots = max(config.pes * config.multipliers * cycles, 1)
    waiting = total("memory") * config.multipliers
    return Account(
        cycles=cycles,
        macs=macs,
        steals=counters["steals"],
        utilisation=macs / max(slots - waiting, 1),
        overall=macs / slots,
        shares={
            "multiplying": macs / slots,
            "fragmentation": total("idle_slots") / slots,
            **{loss: total(loss) * config.multipliers / slots for loss in LOSSES},
        },
    )


def sum_over_pes(counters: Mapping[str, int], name: str, config: CraneConfig) -> int:
    """Sum of the counters of that name over all processing elements."""
    return sum(counters[f"{name}_{pe}"] for pe in range(config.pes))


def contradictions(counters: Mapping[str, int], config: CraneConfig, macs: int) -> list[str]:
    """What does not add up in the counters of a run.

    Parameters
    ----------
    counters : mapping of str to int
        All counters by name.
    config : CraneConfig
        The design.
    macs : int
        Effectual pairs by the golden model.

    Returns
    -------
    list of str
        A sentence for each contradiction; empty if all is well.
    """
    found = []
    for pe in range(config.pes):
        spent = sum(counters[f"{name}_{pe}"] for name in ("busy", *LOSSES))
        if spent != counters["cycles"]:
            found.append(
                f"busy and losses of PE {pe} must add up to {counters['cycles']}, not {spent}"
            )
        slots = counters[f"macs_{pe}"] + counters[f"idle_slots_{pe}"]
        if slots != config.multipliers * counters[f"busy_{pe}"]:
            found.append(
                f"macs and idle slots of PE {pe} must add up to {config.multipliers} times its "
                f"{counters[f'busy_{pe}']} busy cycles, not {slots}"
            )
    counted = sum(counters[f"macs_{pe}"] for pe in range(config.pes))
    if counted != macs:
        found.append(f"effectual MACs must be {macs}, not {counted}")
    return found
