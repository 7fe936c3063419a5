"""Dense kernels, spread by the definition of their shape, are the kernels that the core gets."""

import numpy as np
import pytest

from grus.compiler.dense_kernels import kernel_shape, kernel_values
from grus.compiler.extent import Extent
from grus.compiler.packing import pack_kernels
from grus.golden.segments import encode_segments
from grus.hw.presets import SMALL, TINY
from grus.sim.random_layers import KINDS
from tests.compiler.single_layers import single_layers
from tests.hw.dma.kernels import spread


def some_kernels(tiling):
    """Kernels of each tile, and the last ones of these, which may begin inside a group."""
    for block in tiling.blocks:
        for channels in block.slices:
            yield block.outputs, channels
            yield (
                Extent(block.outputs.stop - block.outputs.length // 2 - 1, block.outputs.stop),
                channels,
            )


@pytest.mark.parametrize("config", [SMALL, TINY], ids=lambda config: config.name)
def test_shape_and_values_give_the_encoded_kernels(config):
    used = set()
    for layer, _, program in single_layers(config, 16, 6 * len(KINDS), seed=5):
        tiling = program.steps[0].plan.tiling
        for where in some_kernels(tiling):
            shape = kernel_shape(layer, *where, tiling.strip)
            used |= {name for name, value in shape.items() if value}
            items = spread(kernel_values(layer, *where), shape, config.patch_positions)
            found = encode_segments(items, index_bits=config.index_bits)
            expected = pack_kernels(layer, *where, tiling.strip, index_bits=config.index_bits)
            for one, other in zip(found, expected, strict=True):
                np.testing.assert_array_equal(one, other, layer.name)
    assert {"tap_gap", "row_gap", "start", "start_step"} <= used
