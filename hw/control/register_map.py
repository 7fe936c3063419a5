"""The registers of a machine: names, offsets, meaning. The one place that says where they are.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import NamedTuple

from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig

__all__ = ["ADDRESS_BITS", "IDENTITY", "VERSION", "Register", "configuration", "register_map"]

IDENTITY = 0x47525553  # "GRUS"
VERSION = 1  # of this map; grows when a register moves or changes its meaning
ADDRESS_BITS = 12  # of the window in which the registers lie


class Register(NamedTuple):
    """One register of 32 bits.

    Attributes
    ----------
    name : str
        Its name.
    offset : int
        Its address in the window [bytes].
    access : str
        ``read``; ``write``, where ones act once and reading gives zeros; ``clear``, where reading
        tells and writing ones clears; ``read-write``; or ``run``, which is read-write, but
        refused while a run is under way.
    description : str
        What it means.
    bits : tuple of str
        Names of its single bits, from bit 0 up, if it has such.
    """

    name: str
    offset: int
    access: str
    description: str
    bits: tuple[str, ...] = ()


_EVENTS = ("done", "error")
_REGISTERS = (
    Register("identity", 0x00, "read", "The letters GRUS: 0x47525553."),
    Register("version", 0x04, "read", "Version of this register map."),
    Register(
        "control",
        0x08,
        "write",
        "start: begin a run, unless one is under way. soft_reset: stop, forget errors and pending "
        "interrupts; busy until memory has answered. clear_counters: set all counters to zero.",
        ("start", "soft_reset", "clear_counters"),
    ),
    Register(
        "status",
        0x0C,
        "read",
        "busy: a run or a reset is under way. done: the last run came to its end. error: it "
        "stopped for a cause below. A start and a soft reset clear done and error.",
        ("busy", *_EVENTS),
    ),
    Register("interrupt_enable", 0x10, "read-write", "Events that raise the interrupt.", _EVENTS),
    Register("interrupt", 0x14, "clear", "Events that have come; a one clears its event.", _EVENTS),
    Register("error_cause", 0x18, "read", "Why the last run stopped; 0 if it did not."),
    Register(
        "error_descriptor",
        0x1C,
        "read",
        "Descriptors begun, the first being 1. The fault is that of the last of them, or of an "
        "earlier one of its layer that was still at work.",
    ),
    Register("error_address_low", 0x20, "read", "Address in memory that the error is about."),
    Register("error_address_high", 0x24, "read", "Its upper half."),
    Register("descriptors_low", 0x28, "run", "Address of the first descriptor."),
    Register("descriptors_high", 0x2C, "run", "Its upper half; bits without a wire stay zero."),
    Register("descriptor_count", 0x30, "run", "Number of descriptors."),
    Register("output_first_low", 0x38, "run", "Address of the first byte of the output buffer."),
    Register("output_first_high", 0x3C, "run", "Its upper half; bits without a wire stay zero."),
    Register("output_end_low", 0x40, "run", "Address behind the last byte of the output buffer."),
    Register("output_end_high", 0x44, "run", "Its upper half; bits without a wire stay zero."),
    Register("counters", 0x48, "read", "Number of performance counters."),
    Register("counter_select", 0x4C, "read-write", "Counter to read; less than counters."),
    Register(
        "counter_low",
        0x50,
        "read",
        "The counter selected; reading it also stores its upper half for counter_high.",
    ),
    Register("counter_high", 0x54, "read", "Upper half of the counter at that time."),
)
_CONFIGURATION_OFFSET = 0x100


def register_map(config: CraneConfig, axi: AxiConfig) -> tuple[Register, ...]:
    """All registers of a machine, in the order of their offsets."""
    parameters = tuple(
        Register(name, _CONFIGURATION_OFFSET + 4 * index, "read", f"Parameter {name[7:]}.")
        for index, name in enumerate(configuration(config, axi))
    )
    return _REGISTERS + parameters


def configuration(config: CraneConfig, axi: AxiConfig) -> dict[str, int]:
    """Contents of the registers that tell the parameters: those of the core, then the bus's."""
    core = {
        f"config_{field.name}": getattr(config, field.name)
        for field in fields(config)
        if field.name != "name"
    }
    bus = {f"config_axi_{field.name}": getattr(axi, field.name) for field in fields(axi)}
    return {**core, **bus}
