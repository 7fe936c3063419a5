"""Cambricon-X: compressed weights pick their inputs; zeros of the inputs are multiplied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from grus.sim.rivals.checks import require_flag, require_name, require_ranges
from grus.sim.rivals.machine import Event, LayerCount
from grus.sim.rivals.traffic import dram_events
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["CambriconX"]

_RANGES = {
    "pes": (1, 256),
    "multipliers_per_pe": (1, 256),
    "window_inputs": (0, 1 << 20),
    "step_bits": (1, 16),
    "fill_cycles": (0, 1000),
    "data_bits": (1, 64),
    "weight_ram_bytes": (64, 1 << 30),
    "input_ram_bytes": (64, 1 << 30),
    "output_ram_bytes": (64, 1 << 30),
}


class _Tiles(NamedTuple):
    """What the tiles of one group add up to, for one output position."""

    tiles: int
    cycles: int
    windows: int  # reads of an input window


@dataclass(frozen=True, kw_only=True)
class CambriconX:
    """Cambricon-X: compressed weights pick their inputs; zeros of the inputs are multiplied.

    Parameters
    ----------
    name : str
        What reports call it.
    pes : int
        Processing elements, 1 to 256 [S1].
    multipliers_per_pe : int
        Multipliers of one processing element (Tn), 1 to 256 [M].
    window_inputs : int
        Inputs among which an indexing module finds those of a cycle, up to 2^20; 0 is unbounded.
        256 in the original [M].
    interleaved : bool
        Deal output channels in turn; otherwise in contiguous blocks, as in Crane, figure 4 [S0].
    placeholders : bool
        Whether a run of zeros longer than a step can count takes explicit zero weights, which
        take a multiplier. The original chose step indexing [S2].
    step_bits : int
        Width of a step [bits], 1 to 16.
    tiles_in_step : bool
        Whether a weight tile holds the same kernels' windows of every PE; otherwise each PE fills
        its slice to the last row, whatever that cuts, which is better balanced.
    fill_cycles : int
        Cycles in which the pipeline fills, for each weight tile, 0 to 1000 [R].
    data_bits : int
        Width of an operand [bits], 1 to 64.
    weight_ram_bytes, input_ram_bytes, output_ram_bytes : int
        RAM sizes of the whole machine [bytes], as Crane's authors took them [S0].

    Notes
    -----
    Source: blocks and totals [S1, S2, S3]; the cycle model is a reconstruction [R] (baselines,
    section 1.2), since the paper's own text is not public. For output channel k and window u of
    the flattened patch, channels fastest::

        cycles(k, u) = max(1, ceil(weights(k, u) / Tn))
        T_layer      = P Q sum_tiles max_pe sum_(k,u in tile, k owned by pe) cycles(k, u) + fill

    Inputs count as dense, so that every position costs a PE the same; PEs only meet at the end of
    a weight tile. A PE's slice holds rows of Tn weights, a window begins with a row, and a tile is
    what the slices hold (project decision D-025). Groups of the channels run one after the other.
    Output channels that run-time pruning drops are skipped (Crane, table 1 [S0]).

    Losses: ``ineffectual`` (a weight meets a zero), ``fragmentation`` (fewer than Tn weights are
    left in the window, or a placeholder), ``imbalance`` (a PE waits for the end of the tile),
    ``fill``.

    Energy, baselines, section 1.3 [R]: a window of inputs is read once for each tile and position
    and sent to all PEs; each weight is read with its step from its PE's slice, and its input
    selected.
    """

    name: str = "cambricon-x"
    pes: int = 16
    multipliers_per_pe: int = 16
    window_inputs: int = 256
    interleaved: bool = False
    placeholders: bool = False
    step_bits: int = 4
    tiles_in_step: bool = False
    fill_cycles: int = 8
    data_bits: int = 16
    weight_ram_bytes: int = 32 * 1024
    input_ram_bytes: int = 8 * 1024
    output_ram_bytes: int = 8 * 1024

    def __post_init__(self) -> None:
        require_name(self)
        require_ranges(self, _RANGES)
        require_flag(self, "interleaved")
        require_flag(self, "placeholders")
        require_flag(self, "tiles_in_step")

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        outputs = layer.output_shape[0]
        weights = layer.effectual_weights
        # Tap by tap, channels fastest, as the patch is flattened.
        flat = np.ascontiguousarray(weights.transpose(0, 2, 3, 1).reshape(outputs, -1))
        window = min(self.window_inputs or layer.terms, layer.terms)
        largest_run = (1 << self.step_bits) - 1 if self.placeholders else layer.terms
        stored = _stored_weights(flat, window, largest_run)
        used = np.ones(outputs, np.bool_) if layer.dropped is None else ~layer.dropped
        groups = [
            self._tiles(of_group, in_use)
            for of_group, in_use in zip(
                stored.reshape(layer.groups, -1, stored.shape[1]),
                used.reshape(layer.groups, -1),
                strict=True,
            )
        ]
        working = int(self._rows(stored[used]).sum())
        return self._counted(layer, groups, stored, working * layer.positions, window)

    def _tiles(self, stored: NDArray[np.int64], used: NDArray[np.bool_]) -> _Tiles:
        """Deal the kernels of a group to the PEs and cut them into tiles."""
        kernels, windows = stored.shape
        deep = -(-kernels // self.pes)
        by_pe = np.zeros((self.pes, deep, windows), np.int64)
        rows = np.where(used[:, None], self._rows(stored), 0)
        kernel = np.arange(kernels)
        if self.interleaved:
            by_pe[kernel % self.pes, kernel // self.pes] = rows
        else:
            bounds = np.arange(self.pes + 1) * kernels // self.pes
            owner = np.searchsorted(bounds, kernel, side="right") - 1
            by_pe[owner, kernel - bounds[owner]] = rows
        pair_bits = self.data_bits + self.step_bits
        row_bits = self.multipliers_per_pe * pair_bits
        room = max(1, self.weight_ram_bytes * 8 // (self.pes * row_bits))
        units = np.ascontiguousarray(by_pe.reshape(self.pes, -1))
        return _Tiles(*map(int, _play_tiles(units, windows, room, self.tiles_in_step)))

    def _rows(self, stored: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of weights in each window: the cycles that it takes."""
        return np.maximum(1, -(-stored // self.multipliers_per_pe))

    def _counted(
        self,
        layer: SparseLayer,
        groups: list[_Tiles],
        stored: NDArray[np.int64],
        working: int,
        window: int,
    ) -> LayerCount:
        positions, tn = layer.positions, self.multipliers_per_pe
        tiles = sum(group.tiles for group in groups)
        fill = tiles * self.fill_cycles
        computing = positions * sum(group.cycles for group in groups)
        multiplied = positions * int(np.count_nonzero(layer.effectual_weights))
        windows = positions * sum(group.windows for group in groups)
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=computing + fill,
            multipliers=self.pes * tn,
            effectual_macs=layer.effectual_macs,
            losses={
                "ineffectual": multiplied - layer.effectual_macs,
                "fragmentation": working * tn - multiplied,
                "imbalance": (computing * self.pes - working) * tn,
                "fill": fill * self.pes * tn,
            },
            events=self._events(
                layer, stored, windows * window, (computing + fill) * self.pes * tn
            ),
            choices={"weight tiles": tiles},
        )

    def _events(
        self, layer: SparseLayer, stored: NDArray[np.int64], inputs_read: int, slots: int
    ) -> list[Event]:
        bits, pair_bits = self.data_bits, self.data_bits + self.step_bits
        macs = layer.positions * int(stored.sum())
        results = layer.output_shape[0] * layer.positions
        return [
            Event("multipliers", "mac", macs, bits),
            Event("multipliers", "idle", slots - macs, bits),
            Event("input RAM", "read", inputs_read, bits, self.input_ram_bytes),
            Event("indexing", "register", macs, bits),
            Event("weight RAM", "read", macs, pair_bits, self.weight_ram_bytes // self.pes),
            Event("output RAM", "write", results, bits, self.output_ram_bytes),
            *dram_events(
                weight_bits=int(stored.sum()) * pair_bits,
                input_bits=layer.inputs.size * bits,
                output_bits=results * bits,
                weight_ram_bytes=self.weight_ram_bytes,
                input_ram_bytes=self.input_ram_bytes,
            ),
        ]


@njit(cache=True)
def _stored_weights(flat: NDArray[np.bool_], window: int, largest_run: int) -> NDArray[np.int64]:
    """Weights and placeholders of each kernel by window, shape (outputs, windows).

    A placeholder stands where the step before it can count no further.
    """
    outputs, terms = flat.shape
    stored = np.zeros((outputs, (terms + window - 1) // window), np.int64)
    for output in range(outputs):
        last = -1
        for term in range(terms):
            if not flat[output, term]:
                continue
            while term - last - 1 > largest_run:
                last += largest_run + 1
                stored[output, last // window] += 1
            stored[output, term // window] += 1
            last = term
    return stored


@njit(cache=True)
def _play_tiles(
    units: NDArray[np.int64], windows: int, room: int, in_step: bool
) -> tuple[int, int, int]:
    """Tiles, cycles and windows read at one position.

    Units are rows of weights, shape (PEs, kernels of a PE x windows); a PE's slice has room for
    some rows, and takes a row in a cycle.
    """
    pes, length = units.shape
    start = np.zeros(pes, np.int64)  # row of the PE's next unit, counted from its first tile
    spent = np.zeros((units.sum(axis=1).max() // room + length + 1, pes), np.int64)
    seen = np.zeros((len(spent), windows), np.bool_)
    tile = 0  # that of all PEs, if they go in step
    for unit in range(length):
        if in_step:
            tile += (start + units[:, unit]).max() > (tile + 1) * room
            start = np.maximum(start, tile * room)
        for pe in range(pes):
            for _ in range(units[pe, unit]):
                spent[start[pe] // room, pe] += 1
                seen[start[pe] // room, unit % windows] = True
                start[pe] += 1
        tile = max(tile, (start.max() - 1) // room)  # a window may be larger than a slice
    tiles, cycles = 0, 0
    for number in range(len(spent)):
        tiles += spent[number].any()
        cycles += spent[number].max()
    return tiles, cycles, int(np.count_nonzero(seen))
