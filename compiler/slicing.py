"""Ways to cut the input channels of a layer into slices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from grus.compiler.extent import Extent, cut, share
from grus.compiler.geometry import Geometry
from grus.compiler.layer import Layer
from grus.hw.config import CraneConfig

__all__ = ["Unit", "slicings"]

_SLICINGS = 4  # numbers of slices tried beyond the fewest that fit


class Unit(NamedTuple):
    """Output channels that read the same input channels, and the slices these are cut into."""

    outputs: Extent
    slices: list[Extent]

    @property
    def lengths(self) -> list[int]:
        """Channels of the slices."""
        return [piece.length for piece in self.slices]


def slicings(geometry: Geometry, config: CraneConfig, align: int) -> Iterator[list[Unit]]:
    """Ways to cut the input channels: the fewest slices that fit, and some more.

    Parameters
    ----------
    geometry, config : Geometry, CraneConfig
        Layer, design.
    align : int
        Slices and outputs begin at multiples of it [channels].

    Raises
    ------
    ValueError
        If not even a single kernel's inputs fit.
    """
    for units in _all_slicings(geometry, config, align):
        if _is_aligned(units, align):
            yield units


def _all_slicings(geometry: Geometry, config: CraneConfig, align: int) -> Iterator[list[Unit]]:
    layer, (span_rows, span_columns) = geometry.layer, geometry.span
    groups, per_group = layer.window.groups, layer.weights.shape[1]
    fitting = min(
        config.patch_positions // (geometry.kernel[0] * span_columns),
        config.broadcast_positions // (span_rows * span_columns),
    )
    if fitting < 1:
        raise ValueError(
            f"layer {layer.name}: a kernel of {span_rows}x{span_columns} must fit "
            f"patch_positions={config.patch_positions} and "
            f"broadcast_ram_bytes={config.broadcast_ram_bytes}, and does not: raise them"
        )
    if fitting < per_group:  # then slices end at borders of parts
        fitting = max(fitting - fitting % align, 1)
    fewest = share(per_group, fitting)
    for slices in range(fewest, min(fewest + _SLICINGS, per_group + 1)):
        yield [_unit(layer, Extent(group, group + 1), slices, align) for group in range(groups)]
    # Groups with few channels share a tile: their kernels are sparse on the joint slice.
    most = min(fitting // per_group, groups)
    fewest = min(most, share(config.pes, layer.outputs // groups))
    for merged in sorted({most, fewest, most - most % align, fewest - fewest % align}):
        if merged > 1:
            yield [_unit(layer, extent, 1, align) for extent in cut(groups, merged)]


def _is_aligned(units: list[Unit], align: int) -> bool:
    starts = [
        start for unit in units for start in (unit.outputs.start, *(s.start for s in unit.slices))
    ]
    return all(start % align == 0 for start in starts)


def _unit(layer: Layer, groups: Extent, slices: int, align: int) -> Unit:
    outputs = layer.outputs // layer.window.groups
    channels = layer.weights.shape[1]
    first = groups.start * channels
    size = share(groups.length * channels, slices, multiple=align)
    pieces = cut(groups.length * channels, size)
    return Unit(
        Extent(groups.start * outputs, groups.stop * outputs),
        [Extent(first + piece.start, first + piece.stop) for piece in pieces],
    )
