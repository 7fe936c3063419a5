"""Words that cross the border to DRAM, for any machine with on-chip RAMs."""

from __future__ import annotations

from grus.sim.rivals.machine import Event

__all__ = ["dram_events"]


def dram_events(
    *,
    weight_bits: int,
    input_bits: int,
    output_bits: int,
    weight_ram_bytes: int,
    input_ram_bytes: int,
) -> list[Event]:
    """Traffic of one layer whose operands start in DRAM, and whose result ends there.

    Parameters
    ----------
    weight_bits, input_bits, output_bits : int
        Tensors as stored [bits].
    weight_ram_bytes, input_ram_bytes : int
        Room for the part of the operand that is on the chip [bytes].

    Returns
    -------
    list of Event
        Bits read and written, by tensor.

    Notes
    -----
    Source: reconstruction [R], project decision D-025. If neither operand fits, one of them is read
    once, and the other again for each part of it: the order with less traffic is taken. What
    neighbouring parts of the inputs share is not read twice.
    """
    weight_parts = max(1, -(-weight_bits // (8 * weight_ram_bytes)))
    input_parts = max(1, -(-input_bits // (8 * input_ram_bytes)))
    weights_first = weight_bits + input_bits * (weight_parts if input_parts > 1 else 1)
    inputs_first = input_bits + weight_bits * (input_parts if weight_parts > 1 else 1)
    if weights_first <= inputs_first:
        input_bits = weights_first - weight_bits
    else:
        weight_bits = inputs_first - input_bits
    return [
        Event("DRAM: weights", "dram", weight_bits, 1),
        Event("DRAM: inputs", "dram", input_bits, 1),
        Event("DRAM: outputs", "dram", output_bits, 1),
    ]
