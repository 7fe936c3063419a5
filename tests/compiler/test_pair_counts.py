"""Pairs counted without encoding are those that encoding gives."""

import numpy as np
import pytest

from grus.compiler.extent import Extent
from grus.compiler.layer import Layer
from grus.compiler.packing import pack_kernels
from grus.compiler.pair_counts import PairCounts
from grus.compiler.tiling import Strip
from grus.golden.window import Window


@pytest.mark.parametrize("density", [0, 0.05, 0.4, 1])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("index_bits", [1, 4])
def test_counts_what_encoding_counts(density, groups, index_bits):
    rng = np.random.default_rng(2)
    weights = np.where(rng.random((6, 10 // groups, 3, 2)) < density, 7, 0)
    layer = Layer(name="some", weights=weights, window=Window(dilation=(1, 2), groups=groups))
    counts = PairCounts(layer, index_bits=index_bits)
    for outputs, channels in (
        (Extent(0, 6), Extent(0, 10)),
        (Extent(1, 5), Extent(3, 8)),
        (Extent(5, 6), Extent(9, 10)),
    ):
        strip = Strip(columns=2, row_step=5 * channels.length + 3)
        packed = pack_kernels(layer, outputs, channels, strip, index_bits=index_bits)
        assert counts.of(outputs, channels, strip).tolist() == packed.counters.tolist()
