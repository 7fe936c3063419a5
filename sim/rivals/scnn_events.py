"""What costs energy in SCNN."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grus.sim.rivals.machine import Event
from grus.sim.rivals.scnn_banks import BANKS
from grus.sim.rivals.traffic import dram_events
from grus.sim.workloads.sparse_layer import SparseLayer

if TYPE_CHECKING:
    from grus.sim.rivals.scnn import Scnn

__all__ = ["scnn_events"]


def scnn_events(
    machine: Scnn,
    layer: SparseLayer,
    activations: NDArray[np.int64],
    weights: NDArray[np.int64],
    products: int,
) -> list[Event]:
    """Events of a layer, without idle multipliers.

    Parameters
    ----------
    machine : Scnn
        The machine.
    layer : SparseLayer
        The layer.
    activations : ndarray of int64, shape (groups, PEs, channels of a group, phases)
        Non-zeros.
    weights : ndarray of int64, shape (groups, blocks, channels of a group, phases)
        Non-zeros.
    products : int
        Multiplications.

    Notes
    -----
    Source: reconstruction [R] from the dataflow [S4]. Activations are stationary: a PE reads each
    once for every group of output channels, and the weights of the channel from its FIFO once for
    every vector of activations. Each product that falls on the map crosses to a bank, where a sum
    is read and written. Results are written dense: what will be zero is not known here.
    """
    pair_bits = machine.data_bits + machine.index_bits
    blocks = weights.shape[1]
    vectors = -(-activations // machine.activations_wide)
    fifo_reads = int(np.einsum("gcf,gcf->", vectors.sum(axis=1), weights.sum(axis=1)))
    results = layer.output_shape[0] * layer.positions
    sums, sum_bits = layer.effectual_macs, machine.accumulator_bits
    bank_bytes = max(machine.accumulators // BANKS * sum_bits // 8, 1)
    ram_bytes = machine.activation_ram_bytes // machine.pes
    return [
        Event("multipliers", "mac", products, machine.data_bits),
        Event("input RAM", "read", int(activations.sum()) * blocks, pair_bits, ram_bytes),
        Event(
            "weight FIFO", "read", fifo_reads, pair_bits, machine.weight_ram_bytes // machine.pes
        ),
        Event("crossbar", "register", sums, sum_bits),
        Event("accumulators", "read", sums, sum_bits, bank_bytes),
        Event("accumulators", "write", sums, sum_bits, bank_bytes),
        Event("output RAM", "write", results, machine.data_bits, ram_bytes),
        *dram_events(
            weight_bits=int(weights.sum()) * pair_bits,
            input_bits=int(activations.sum()) * pair_bits,
            output_bits=results * machine.data_bits,
            weight_ram_bytes=machine.weight_ram_bytes,
            input_ram_bytes=machine.activation_ram_bytes,
        ),
    ]
