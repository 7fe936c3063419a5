"""What is said of a cut without writing it out is true of its regions."""

import numpy as np
import pytest

from grus.compiler.extent import share
from grus.compiler.geometry import Geometry
from grus.compiler.layer import Layer, Pool
from grus.compiler.regions import RegionChoice
from grus.golden.window import Window
from grus.hw.presets import SMALL

POOL = Pool(kind="max", kernel=(3, 3), stride=(2, 2), padding=(1, 1, 1, 1))


def geometry(stride=(1, 1), pool=None):
    weights = np.ones((8, 8, 3, 3), dtype=np.int64)
    window = Window(stride=stride, padding=(1, 1, 1, 1))
    layer = Layer(name="conv", weights=weights, window=window, pool=pool)
    return Geometry.of(layer, (8, 29, 37))


@pytest.mark.parametrize("sums_wait", [True, False])
@pytest.mark.parametrize(
    "layer", [geometry(), geometry(stride=(2, 2)), geometry(pool=POOL)], ids=["1", "2", "pool"]
)
def test_counts_are_those_of_the_regions(layer, sums_wait):
    cut = RegionChoice(layer, SMALL).cut(channels=8, items=2, sums_wait=sums_wait)
    regions = cut.regions()
    assert cut.count == len(regions) > 1
    for width in (1, 3):
        assert cut.rounds(width) == sum(
            region.rows.length * share(region.columns.length, width) for region in regions
        )
    assert cut.pixels == sum(
        layer.inputs_of(region.rows, 0).length * layer.inputs_of(region.columns, 1).length
        for region in regions
    )


@pytest.mark.parametrize("pool", [None, POOL])
def test_no_cut_into_equal_strips_loads_less(pool):
    layer = geometry(pool=pool)
    best = RegionChoice(layer, SMALL).cut(channels=8, items=2, sums_wait=False)
    # With room for one more channel, any cut that fits still fits, and one more may.
    roomier = RegionChoice(layer, SMALL).cut(channels=7, items=2, sums_wait=False)
    assert roomier.pixels <= best.pixels


def test_nothing_fits_where_a_row_does_not():
    assert RegionChoice(geometry(), SMALL).cut(channels=400, items=2, sums_wait=False) is None
