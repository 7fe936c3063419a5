"""A layer as the core takes it: tiles, and what its streams bring for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.choose import choose_tiling
from grus.compiler.descriptor import describe_tile
from grus.compiler.extent import Extent
from grus.compiler.geometry import Geometry
from grus.compiler.layer import Layer
from grus.compiler.packing import pack_kernels
from grus.compiler.tiling import Region, Tiling, Turn
from grus.golden.convolution import convolve, effectual_macs
from grus.golden.segments import Segments, encode_segments
from grus.hw.config import CraneConfig

__all__ = ["Drained", "Program", "Tile", "compile_layer", "density_of"]


class Drained(NamedTuple):
    """Part of the result that a tile completes.

    Attributes
    ----------
    outputs : Extent
        Output channels, one segment per pixel.
    rows, columns : Extent
        Rows and columns of the result; there may be no row.
    """

    outputs: Extent
    rows: Extent
    columns: Extent

    @property
    def pixels(self) -> int:
        """Pixels, that is encoded segments."""
        return self.rows.length * self.columns.length


class Tile(NamedTuple):
    """One tile.

    Attributes
    ----------
    descriptor : dict
        Fields of the core's tile layout, nested as it is.
    resident : Segments or None
        Work-items to load, a segment each; none if those of the tile before serve again.
    broadcast : Segments or None
        Pixels to load, a segment each; none if those of the tile before serve again.
    biases : ndarray of int64 or None
        Biases to load.
    drained : Drained or None
        What the tile completes; none if a further slice follows.
    """

    descriptor: dict
    resident: Segments | None
    broadcast: Segments | None
    biases: NDArray[np.int64] | None
    drained: Drained | None


@dataclass(frozen=True, kw_only=True)
class Program:
    """A layer, ready to be played.

    Parameters
    ----------
    tiling : Tiling
        How the layer is cut.
    tiles : list of Tile
        Tiles in the order of execution.
    expected : ndarray of int64, shape (outputs, rows, columns)
        Result by the golden model.
    macs : int
        Effectual pairs by the golden model; regions of overlapping pooling columns count twice.
    """

    tiling: Tiling
    tiles: list[Tile]
    expected: NDArray[np.int64]
    macs: int


def compile_layer(
    layer: Layer,
    inputs: NDArray[np.integer],
    config: CraneConfig,
    *,
    tiling: Tiling | None = None,
    steal: bool = True,
    dense_results: bool = False,
) -> Program:
    """Cut a layer into tiles for one design, with the streams of each.

    Parameters
    ----------
    layer : Layer
        The layer.
    inputs : ndarray of int, shape (channels, rows, columns)
        Its inputs [input LSB].
    config : CraneConfig
        The design.
    tiling : Tiling, optional
        How to cut; chosen if left out.
    steal : bool
        Let idle processing elements steal.
    dense_results : bool
        Let results keep their zeros, a pair for each value.

    Returns
    -------
    Program
        Tiles, streams, and what to expect.

    Raises
    ------
    ValueError
        If the layer does not fit the design; see :func:`choose_tiling`.
    """
    tiling = tiling or choose_tiling(layer, inputs.shape, config, density=density_of(inputs))
    geometry = Geometry.of(layer, inputs.shape)
    tiles = [
        _tile(geometry, inputs, config, tiling, turn, steal, dense_results)
        for turn in tiling.turns()
    ]
    return Program(
        tiling=tiling,
        tiles=tiles,
        expected=layer.compute(inputs, data_bits=config.data_bits),
        macs=_macs(geometry, inputs, tiling),
    )


def density_of(values: NDArray[np.integer]) -> float:
    """Share of non-zero values."""
    return float(np.count_nonzero(values)) / max(values.size, 1)


def _tile(
    geometry: Geometry,
    inputs: NDArray[np.integer],
    config: CraneConfig,
    tiling: Tiling,
    turn: Turn,
    steal: bool,
    dense_results: bool,
) -> Tile:
    layer, outputs, region = geometry.layer, turn.block.outputs, turn.region
    return Tile(
        descriptor=describe_tile(
            geometry, config, tiling, turn, steal=steal, dense_results=dense_results
        ),
        resident=pack_kernels(
            layer, outputs, turn.channels, tiling.strip, index_bits=config.index_bits
        )
        if turn.loads_resident
        else None,
        broadcast=_region_segments(geometry, inputs, config, region, turn.channels),
        biases=layer.biases[outputs.slice()] if turn.loads_biases else None,
        drained=Drained(outputs, geometry.completed_rows(region.rows), region.pooled_columns)
        if turn.ends
        else None,
    )


def _region_segments(
    geometry: Geometry,
    inputs: NDArray[np.integer],
    config: CraneConfig,
    region: Region,
    channels: Extent,
) -> Segments:
    """Pixels under a region, row by row; a pixel of the padding is an empty segment."""
    rows, columns = geometry.inputs_of(region.rows, 0), geometry.inputs_of(region.columns, 1)
    padded = np.zeros((channels.length, rows.length, columns.length), dtype=np.int64)
    inside = rows.within(geometry.rows), columns.within(geometry.columns)
    target = inside[0].moved(-rows.start), inside[1].moved(-columns.start)
    padded[:, target[0].slice(), target[1].slice()] = inputs[
        channels.slice(), inside[0].slice(), inside[1].slice()
    ]
    pixels = padded.transpose(1, 2, 0).reshape(-1, channels.length)
    return encode_segments(pixels, index_bits=config.index_bits)


def _macs(geometry: Geometry, inputs: NDArray[np.integer], tiling: Tiling) -> int:
    """Effectual pairs of all regions, each computed apart."""
    layer = geometry.layer
    if layer.pool is None:
        return effectual_macs(inputs, layer.weights, layer.window)
    by_output = _effectual_map(geometry, inputs)
    return int(
        sum(
            by_output[region.rows.slice(), region.columns.slice()].sum()
            for region in tiling.regions
        )
    )


def _effectual_map(geometry: Geometry, inputs: NDArray[np.integer]) -> NDArray[np.int64]:
    """Effectual pairs of each output position, all output channels together."""
    layer = geometry.layer
    pairs = convolve(
        (inputs != 0).astype(np.int64), (layer.weights != 0).astype(np.int64), None, layer.window
    )
    return pairs.sum(axis=0)
