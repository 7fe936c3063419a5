"""Dividers of a phase-locked loop of ECP5.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PllDividers", "find_dividers"]

# Limits of the loop, from the data sheet FPGA-DS-02012 (ECP5), section 3.20.
_SLOWEST_COMPARED_HZ = 3_125_000
_OSCILLATOR_HZ = 400_000_000, 800_000_000  # the first is also the fastest clock that goes out
_LARGEST = 128


class PllDividers(NamedTuple):
    """What a loop divides by.

    Attributes
    ----------
    reference : int
        Of the clock that comes in.
    feedback : int
        Of the clock that goes out, before both are compared.
    output : int
        Of the oscillator, before its clock goes out.
    """

    reference: int
    feedback: int
    output: int


def find_dividers(from_hz: int, to_hz: int) -> PllDividers:
    """Dividers that make one clock of another, exactly.

    Raises
    ------
    ValueError
        If there are none.
    """
    slowest, fastest = _OSCILLATOR_HZ
    references = from_hz // _SLOWEST_COMPARED_HZ
    output = min(fastest // to_hz, _LARGEST)
    for reference in range(1, references + 1):
        feedback, rest = divmod(to_hz * reference, from_hz)
        if not rest and 1 <= feedback <= _LARGEST and to_hz <= slowest <= output * to_hz:
            return PllDividers(reference, feedback, output)
    raise ValueError(
        f"clock must be a multiple of the board's {from_hz / 1e6:g} MHz divided by 1 to "
        f"{references}, and in 3.125..400 MHz, not {to_hz / 1e6:g} MHz"
    )
