"""SCNN: every non-zero activation of a tile meets every non-zero weight of a channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.sim.rivals.checks import require_choice, require_flag, require_name, require_ranges
from grus.sim.rivals.machine import Event, LayerCount
from grus.sim.rivals.scnn_banks import BANK_MODELS, conflict_cycles
from grus.sim.rivals.scnn_events import scnn_events
from grus.sim.rivals.scnn_streams import activation_stream, tile_bounds, weight_stream
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["Scnn"]

_BARRIERS = ("group", "none", "channel")
_RANGES = {
    "pe_rows": (1, 64),
    "pe_columns": (1, 64),
    "activations_wide": (1, 64),
    "weights_wide": (1, 64),
    "accumulators": (1, 1 << 20),
    "group_outputs": (0, 1 << 16),
    "drain_cycles": (0, 10000),
    "data_bits": (1, 64),
    "index_bits": (1, 16),
    "accumulator_bits": (1, 64),
    "weight_ram_bytes": (64, 1 << 30),
    "activation_ram_bytes": (64, 1 << 30),
}


class _Work(NamedTuple):
    """Cycles by (block of outputs, PE, channel), and products in all."""

    vectors: NDArray[np.int64]
    lost: NDArray[np.int64]  # to bank conflicts
    products: int


@dataclass(frozen=True, kw_only=True)
class Scnn:
    """SCNN: every non-zero activation of a tile meets every non-zero weight of a channel.

    Parameters
    ----------
    name : str
        What reports call it.
    pe_rows, pe_columns : int
        Processing elements, 1 to 64 each way [S4]; each has a tile of the input map.
    activations_wide, weights_wide : int
        Operands multiplied in a cycle, each with each (I and F), 1 to 64 [S4].
    balanced : bool
        Tiles differ by at most a row and a column; otherwise they are ceil(rows / PE rows) high,
        and the last PEs may go empty. The former is the stronger machine [S9].
    barrier : str
        When PEs wait for each other: at the end of each ``group`` of output channels [S4], of each
        ``channel`` in it, or ``none`` until the layer's end.
    banks : str
        Bank conflicts: ``queues`` [S9], ``pessimistic`` [S7], or ``none``.
    accumulators : int
        Words of one half of the accumulators of a PE [S4], up to 2^20.
    group_outputs : int
        Output channels of a group (Kc); 0 takes as many as the accumulators hold, up to 65536.
    drain_cycles : int
        Cycles between two groups; 0, since accumulators work ping-pong [S4].
    data_bits, index_bits, accumulator_bits : int
        Widths of an operand, a zero count and a sum [bits] [S4].
    weight_ram_bytes, activation_ram_bytes : int
        Weight FIFOs, and input or output RAMs, of the whole machine [bytes] [S4].

    Notes
    -----
    Source: baselines, section 2. Dataflow PT-IS-CP-sparse and sizes [S4]; phases of a stride [S7]::

        cycles(pe, g, c) = sum_phases ceil(activations(pe, c) / I) ceil(weights(g, c) / F)
        T_layer          = sum_g max_pe sum_c cycles(pe, g, c)         (barrier: group)

    Phases pair an activation only with the weights that it meets at that stride. Kc is the largest
    power of two with Kc sums for each output position that a tile reaches [R]; for a stride of one
    that is ``2^floor(log2(1024 / ((rows + R - 1) (columns + S - 1))))``. Output channels that
    run-time pruning drops are skipped (Crane, table 1 [S0]). Placeholders for long runs of zeros
    are left out: the reference logs [S9] are met without them.

    Losses: ``edge`` (a product outside the result), ``fragmentation`` (vectors that are not full),
    ``conflict``, ``imbalance`` (PEs wait at the barrier), ``drain``.
    """

    name: str = "scnn"
    pe_rows: int = 8
    pe_columns: int = 8
    activations_wide: int = 4
    weights_wide: int = 4
    balanced: bool = True
    barrier: str = "group"
    banks: str = "none"
    accumulators: int = 1024
    group_outputs: int = 0
    drain_cycles: int = 0
    data_bits: int = 16
    index_bits: int = 4
    accumulator_bits: int = 24
    weight_ram_bytes: int = 32 * 1024
    activation_ram_bytes: int = 640 * 1024

    def __post_init__(self) -> None:
        require_name(self)
        require_ranges(self, _RANGES)
        require_flag(self, "balanced")
        require_choice(self, "barrier", _BARRIERS)
        require_choice(self, "banks", BANK_MODELS)

    @property
    def pes(self) -> int:
        """Processing elements."""
        return self.pe_rows * self.pe_columns

    def outputs_of_group(self, layer: SparseLayer) -> int:
        """Output channels that are worked on together (Kc)."""
        most = layer.output_shape[0] // layer.groups
        if self.group_outputs:
            return min(self.group_outputs, most)
        reach = 1
        tiles = (self.pe_rows, self.pe_columns)
        for axis in (0, 1):
            bounds = tile_bounds(layer.inputs.shape[1 + axis], tiles[axis], balanced=self.balanced)
            last = (
                np.diff(bounds).max() - 1 + (layer.kernel[axis] - 1) * layer.window.dilation[axis]
            )
            reach *= int(last) // layer.window.stride[axis] + 1
        fit = self.accumulators // reach
        return max(1, min(most, 1 << max(fit.bit_length() - 1, 0)))

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        group_outputs = self.outputs_of_group(layer)
        activations = activation_stream(
            layer, (self.pe_rows, self.pe_columns), balanced=self.balanced
        )
        weights = weight_stream(layer, group_outputs)
        parts = activations.lengths.reshape(layer.groups, self.pes, -1, weights.starts.shape[2])
        blocks = weights.lengths.reshape(layer.groups, -1, *parts.shape[2:])
        vectors = np.einsum(
            "gpcf,gbcf->gbpc", -(-parts // self.activations_wide), -(-blocks // self.weights_wide)
        )
        products = int(np.einsum("gcf,gcf->", parts.sum(axis=1), blocks.sum(axis=1)))
        lost = conflict_cycles(
            activations,
            weights,
            layer.groups,
            layer.output_shape[1:],
            (self.activations_wide, self.weights_wide),
            self.banks,
        )
        work = _Work(vectors.reshape(lost.shape), lost, products)
        events = scnn_events(self, layer, parts, blocks, products)
        return self._counted(layer, work, group_outputs, events)

    def _cycles(self, work: _Work) -> int:
        cycles = work.vectors + work.lost
        if self.barrier == "channel":
            return int(cycles.max(axis=1).sum())
        if self.barrier == "group":
            return int(cycles.sum(axis=2).max(axis=1).sum())
        return int(cycles.sum(axis=(0, 2)).max())

    def _counted(
        self, layer: SparseLayer, work: _Work, group_outputs: int, events: list[Event]
    ) -> LayerCount:
        slots_of_pe = self.activations_wide * self.weights_wide
        vectors, lost = int(work.vectors.sum()), int(work.lost.sum())
        drain = self.drain_cycles * len(work.vectors)
        computing = self._cycles(work)
        idle = slots_of_pe * self.pes * (computing + drain) - work.products
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=computing + drain,
            multipliers=self.pes * slots_of_pe,
            effectual_macs=layer.effectual_macs,
            losses={
                "edge": work.products - layer.effectual_macs,
                "fragmentation": vectors * slots_of_pe - work.products,
                "conflict": lost * slots_of_pe,
                "imbalance": (computing * self.pes - vectors - lost) * slots_of_pe,
                "drain": drain * self.pes * slots_of_pe,
            },
            events=[*events, Event("multipliers", "idle", idle, self.data_bits)],
            choices={"outputs of a group": group_outputs},
        )
