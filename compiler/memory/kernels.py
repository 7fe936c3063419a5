"""Kernels in memory, tile by tile in the format that takes less."""

from __future__ import annotations

from typing import Any, NamedTuple

from grus.compiler.dense_kernels import kernel_shape, kernel_values
from grus.compiler.extent import Extent
from grus.compiler.geometry import Geometry
from grus.compiler.memory.formats import pack_dense_segments, pack_segments
from grus.compiler.memory.image import Image
from grus.compiler.memory.slots import SlotWidths
from grus.compiler.packing import pack_kernels
from grus.compiler.tiling import Tiling

__all__ = ["Kernels", "StoredKernels", "place_kernels"]


class StoredKernels(NamedTuple):
    """The kernels of a block on one slice.

    Attributes
    ----------
    record : dict
        Fields of the reader's command.
    size, dense_size : int
        What reading them takes, and would take if they were dense [bytes].
    """

    record: dict[str, Any]
    size: int
    dense_size: int


# By output channels and slice.
Kernels = dict[tuple[Extent, Extent], StoredKernels]


def place_kernels(
    geometry: Geometry, tiling: Tiling, index_bits: int, widths: SlotWidths, image: Image
) -> Kernels:
    """Put the kernels of a layer into the image, those of each tile encoded or dense.

    Parameters
    ----------
    geometry, tiling : Geometry, Tiling
        The layer, and how it is cut.
    index_bits : int
        Width of a zero count [bits].
    widths : SlotWidths
        Formats of memory.
    image : Image
        Takes the kernels.
    """
    layer, strip = geometry.layer, tiling.strip
    kernels: Kernels = {}
    for block in tiling.blocks:
        for channels in block.slices:
            where = block.outputs, channels
            encoded = pack_kernels(layer, *where, strip, index_bits=index_bits)
            shape = kernel_shape(layer, *where, strip)
            values = pack_dense_segments(kernel_values(layer, *where), widths)
            content = min(pack_segments(encoded, widths), values, key=len)
            record = {
                "address": image.place(content),
                "words": len(content) // widths.word_bytes,
                "segments": block.outputs.length,
                "dense": int(content is values),
                "kernel": shape,
            }
            kernels[where] = StoredKernels(record, len(content), len(values))
    return kernels
