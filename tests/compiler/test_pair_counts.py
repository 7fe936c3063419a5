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
@pytest.mark.parametrize("index_bits", [1, 4, 6])
def test_counts_what_encoding_counts(density, groups, index_bits):
    rng = np.random.default_rng(2)
    weights = np.where(rng.random((6, 200 // groups, 3, 2)) < density, 7, 0)
    layer = Layer(name="some", weights=weights, window=Window(dilation=(1, 2), groups=groups))
    counts = PairCounts(layer, index_bits=index_bits)
    for outputs, slices in (
        (Extent(0, 6), [Extent(0, 200)]),
        (Extent(1, 5), [Extent(3, 80), Extent(80, 157)]),  # none of them at the border of a word
        (Extent(5, 6), [Extent(199, 200)]),
    ):
        strip = Strip(columns=2, row_step=5 * slices[0].length + 3)
        found = counts.of(counts.taps([(outputs, slices)]), strip)
        for channels, of_slice in zip(slices, found, strict=True):
            packed = pack_kernels(layer, outputs, channels, strip, index_bits=index_bits)
            assert of_slice.tolist() == packed.counters.tolist()
