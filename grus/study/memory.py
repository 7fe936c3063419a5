"""Puts a memory that answers late behind any machine."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from grus.sim.rivals.bandwidth_bound import BandwidthBound
from grus.study.machines import (
    NamedMachine,
    WithoutActivationSkipping,
    crane_config_of,
    parameters_of,
)

__all__ = ["memory_sentence", "with_memory"]


def with_memory(machine: NamedMachine, latency: int, bandwidth: float) -> NamedMachine:
    """The same machine with a memory that answers late.

    A Crane is then the whole accelerator; of all others only the bandwidth is known to matter, see
    :class:`BandwidthBound`.

    Parameters
    ----------
    machine : NamedMachine
        The machine.
    latency : int
        Of memory [cycles].
    bandwidth : float
        Words that memory moves each way in a cycle, at most 1.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    # Looked up when it is needed, as in grus.study.machines.
    from grus.sim.cycle.launch import MemoryTiming
    from grus.sim.cycle.timed_crane import TimedCrane

    MemoryTiming(latency=latency, bandwidth=bandwidth)
    if isinstance(machine, WithoutActivationSkipping):
        return replace(machine, machine=with_memory(machine.machine, latency, bandwidth))
    config = crane_config_of(machine)
    if config is None:
        return BandwidthBound(machine=machine, bandwidth=bandwidth)
    steal = bool(parameters_of(machine)["steal"])
    return cast(
        NamedMachine, TimedCrane(config=config, steal=steal, latency=latency, bandwidth=bandwidth)
    )


def memory_sentence(latency: int, bandwidth: float) -> str:
    """What is assumed of memory, in words."""
    return (
        f"Memory: latency {latency} cycles, {bandwidth:g} words of 128 bits a cycle each way. "
        "Crane: the whole accelerator, each layer from start to interrupt; all other designs: the "
        "larger of computing and traffic, a bound without latency."
    )
