"""Cambricon-S: blocks of output channels share the positions of their weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from grus.sim.rivals.checks import require_name, require_ranges
from grus.sim.rivals.machine import Event, LayerCount
from grus.sim.rivals.traffic import dram_events
from grus.sim.workloads.sparse_layer import SparseLayer

__all__ = ["CambriconS"]

_WORD = 64  # positions of a patch in one machine word
_RANGES = {
    "pes": (1, 256),
    "multipliers_per_pe": (1, 256),
    "window_inputs": (_WORD, 1 << 20),
    "data_bits": (1, 64),
    "weight_ram_bytes": (64, 1 << 30),
    "input_ram_bytes": (64, 1 << 30),
    "output_ram_bytes": (64, 1 << 30),
}


@dataclass(frozen=True, kw_only=True)
class CambriconS:
    """Cambricon-S: blocks of output channels share the positions of their weights.

    Parameters
    ----------
    name : str
        What reports call it.
    pes : int
        Processing elements, 1 to 256 [M]; also the output channels of a block [S10].
    multipliers_per_pe : int
        Multipliers of one processing element, 1 to 256 [M].
    window_inputs : int
        Inputs among which the neuron selector finds those of a cycle; a multiple of 64, up to 2^20.
    data_bits : int
        Width of an operand [bits], 1 to 64.
    weight_ram_bytes, input_ram_bytes, output_ram_bytes : int
        RAM sizes of the whole machine [bytes]; those of Cambricon-X, for want of others [R].

    Notes
    -----
    Source: blocks (1,16,1,1), selectors and totals [S10]; the cycle model is a reconstruction [R]
    (baselines, section 3.2). S(b, u) are the positions in window u of the flattened patch,
    channels fastest, at which any kernel of block b has a weight; all PEs work in lock-step::

        cycles(b, u) = max(1, ceil(|{i in S(b, u): input i is not zero}| / 16))
        T_layer      = sum over positions, blocks and windows of cycles(b, u)

    The shared positions are fixed before any image: output channels that run-time pruning drops
    still take their PE's slots (Crane, table 1 [S0]). Groups of the channels run one after
    the other, and blocks do not reach over them.

    Losses: ``ineffectual`` (the position is selected, but this kernel has no weight there, or its
    output is dropped), ``fragmentation`` (fewer inputs than multipliers are left in the window, or
    fewer kernels than PEs in the block).

    Energy [R]: each window of inputs is read once for each position and block, since activations
    are stored dense; each selected input is kept in a register once for all PEs; weights are read
    by slot, with a mask bit for each position of the window.
    """

    name: str = "cambricon-s"
    pes: int = 16
    multipliers_per_pe: int = 16
    window_inputs: int = 256
    data_bits: int = 16
    weight_ram_bytes: int = 32 * 1024
    input_ram_bytes: int = 8 * 1024
    output_ram_bytes: int = 8 * 1024

    def __post_init__(self) -> None:
        require_name(self)
        require_ranges(self, _RANGES)
        if self.window_inputs % _WORD:
            raise ValueError(
                f"window_inputs must be a multiple of {_WORD}, not {self.window_inputs}"
            )

    def count(self, layer: SparseLayer) -> LayerCount:
        """Cycles, losses and events of one layer."""
        of_group = layer.output_shape[0] // layer.groups
        kernels = layer.weights.reshape(layer.groups, of_group, *layer.weights.shape[1:])
        starts = np.arange(0, of_group, self.pes)
        sizes = np.diff(np.append(starts, of_group))  # kernels in each block
        shared = np.logical_or.reduceat(kernels, starts, axis=1)
        flat = shared.transpose(0, 1, 3, 4, 2).reshape(layer.groups, len(starts), -1)
        inputs = layer.inputs.reshape(layer.groups, -1, *layer.inputs.shape[1:])
        pixels = np.ascontiguousarray(inputs.transpose(0, 2, 3, 1))
        selected, cycles = _count(
            _packed(pixels),
            pixels.shape[3],
            _packed(flat),
            layer.kernel,
            layer.output_shape[1:],
            (layer.window.stride, layer.window.padding[:2], layer.window.dilation),
            (self.window_inputs // _WORD, self.multipliers_per_pe),
        )
        taken = int((selected.sum(axis=0) * sizes).sum())
        return self._counted(layer, taken, int(selected.sum()), int(cycles), int(flat.sum()))

    def _counted(
        self, layer: SparseLayer, taken: int, selected: int, cycles: int, positions: int
    ) -> LayerCount:
        multipliers = self.pes * self.multipliers_per_pe
        return LayerCount(
            machine=self.name,
            layer=layer.name,
            origin=layer.origin,
            cycles=cycles,
            multipliers=multipliers,
            effectual_macs=layer.effectual_macs,
            losses={
                "ineffectual": taken - layer.effectual_macs,
                "fragmentation": multipliers * cycles - taken,
            },
            events=self._events(layer, taken, selected, multipliers * cycles, positions),
        )

    def _events(
        self, layer: SparseLayer, taken: int, selected: int, slots: int, positions: int
    ) -> list[Event]:
        bits, outputs = self.data_bits, layer.output_shape[0]
        blocks = layer.groups * -(-(outputs // layer.groups) // self.pes)
        windows = layer.positions * blocks * layer.terms
        results = outputs * layer.positions
        slice_bytes = self.weight_ram_bytes // self.pes
        # A shared position costs each kernel of its block a weight, and the block one mask bit.
        stored = positions * min(self.pes, outputs // layer.groups) * bits + blocks * layer.terms
        return [
            Event("multipliers", "mac", taken, bits),
            Event("multipliers", "idle", slots - taken, bits),
            Event("input RAM", "read", windows, bits, self.input_ram_bytes),
            Event("indexing", "register", selected, bits),
            Event("indexing", "read", windows, 1, self.weight_ram_bytes),
            Event("weight RAM", "read", taken, bits, slice_bytes),
            Event("output RAM", "write", results, bits, self.output_ram_bytes),
            *dram_events(
                weight_bits=stored,
                input_bits=layer.inputs.size * bits,
                output_bits=results * bits,
                weight_ram_bytes=self.weight_ram_bytes,
                input_ram_bytes=self.input_ram_bytes,
            ),
        ]


def _packed(pattern: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """The last axis as bits of machine words, the first element in the lowest bit."""
    length = pattern.shape[-1]
    padded = np.zeros((*pattern.shape[:-1], -(-length // _WORD) * _WORD), np.bool_)
    padded[..., :length] = pattern
    return np.packbits(padded, axis=-1, bitorder="little").view("<u8").astype(np.uint64)


@njit(cache=True)
def _ones(word: np.uint64) -> int:
    """Bits that are set."""
    word -= (word >> np.uint64(1)) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + (
        (word >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True)
def _place(patch: NDArray[np.uint64], pixel: NDArray[np.uint64], start: int) -> None:
    """Set the bits of a pixel in the patch, from a position on."""
    word, shift = start // 64, np.uint64(start % 64)
    for part in range(len(pixel)):
        patch[word + part] |= pixel[part] << shift
        if shift:
            patch[word + part + 1] |= pixel[part] >> (np.uint64(64) - shift)


@njit(cache=True, parallel=True)
def _count(
    pixels: NDArray[np.uint64],
    channels: int,
    blocks: NDArray[np.uint64],
    kernel: tuple[int, int],
    shape: tuple[int, int],
    steps: tuple[tuple[int, int], tuple[int, int], tuple[int, int]],
    units: tuple[int, int],
) -> tuple[NDArray[np.int64], int]:
    """Selected inputs by (group, block), and cycles.

    Pixels have shape (groups, rows, columns, words), blocks (groups, blocks, words); `steps` are
    stride, padding (top, left) and dilation, `units` the words of a window and the multipliers.
    """
    stride, padding, dilation = steps
    window_words, multipliers = units
    groups, map_rows, map_columns, pixel_words = pixels.shape
    _, count, words = blocks.shape
    selected = np.zeros((shape[0], groups, count), np.int64)
    cycles = 0
    for row in prange(shape[0]):
        patch = np.zeros(words + pixel_words + 1, np.uint64)
        for group in range(groups):
            for column in range(shape[1]):
                patch[:] = 0
                for tap in range(kernel[0] * kernel[1]):
                    y = row * stride[0] - padding[0] + tap // kernel[1] * dilation[0]
                    x = column * stride[1] - padding[1] + tap % kernel[1] * dilation[1]
                    if 0 <= y < map_rows and 0 <= x < map_columns:
                        _place(patch, pixels[group, y, x], tap * channels)
                for block in range(count):
                    for start in range(0, words, window_words):
                        found = 0
                        for word in range(start, min(start + window_words, words)):
                            found += _ones(patch[word] & blocks[group, block, word])
                        selected[row, group, block] += found
                        cycles += max(1, (found + multipliers - 1) // multipliers)
    return selected.sum(axis=0), cycles
