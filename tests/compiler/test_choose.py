"""What does not fit a design is refused, with the limit and the way out."""

import numpy as np
import pytest

from grus.compiler.choose import choose_tiling
from grus.compiler.layer import Layer, Pool
from grus.golden.window import Window
from grus.hw.presets import SMALL, TINY


def layer(outputs=4, channels=4, kernel=(3, 3), **options):
    weights = np.ones((outputs, channels, *kernel), dtype=np.int64)
    return Layer(name="conv", weights=weights, **options)


@pytest.mark.parametrize(
    ("unfit", "inputs_shape", "message"),
    [
        (
            layer(kernel=(13, 13)),
            (4, 20, 20),
            r"^layer conv: a kernel of 13x13 must fit patch_positions=144 .* raise them$",
        ),
        (
            layer(channels=4000),
            (4000, 9, 9),
            r"^layer conv: products of one output must be at most max_terms=32768, not 36000",
        ),
        (
            layer(bias=np.full(4, 1 << 46)),
            (4, 9, 9),
            r"^layer conv: bias must be at most \d+, which max_terms=32768 allows, not \d+",
        ),
        (
            layer(pool=Pool(kind="max", kernel=(9, 9), stride=(1, 1))),
            (4, 20, 20),
            r"^layer conv: a pooling window must have at most pool_window=64 elements, not 9x9",
        ),
    ],
)
def test_refuses_what_does_not_fit(unfit, inputs_shape, message):
    with pytest.raises(ValueError, match=message):
        choose_tiling(unfit, inputs_shape, SMALL)


def test_refuses_rows_that_no_ram_holds():
    design = SMALL.with_overrides(resident_ram_bytes=320)
    with pytest.raises(ValueError, match=r"^layer conv: the rows of one kernel must fit .* raise"):
        choose_tiling(layer(channels=16), (16, 9, 9), design)


@pytest.mark.parametrize("design", [SMALL, TINY], ids=lambda design: design.name)
@pytest.mark.parametrize("groups", [1, 4])
def test_covers_every_output_once(design, groups):
    wide = layer(outputs=20, channels=12 // groups, window=Window(padding=(1,) * 4, groups=groups))
    tiling = choose_tiling(wide, (12, 11, 13), design)
    times = np.zeros((20, 11, 13), dtype=int)
    for block in tiling.blocks:
        for region in tiling.regions:
            times[block.outputs.slice(), region.rows.slice(), region.columns.slice()] += 1
    assert (times == 1).all()


def test_slices_cover_the_channels_once():
    tiling = choose_tiling(layer(channels=50), (50, 6, 6), SMALL)
    for block in tiling.blocks:
        covered = [channel for piece in block.slices for channel in range(piece.start, piece.stop)]
        assert covered == list(range(50))
        assert len(block.slices) > 1


def test_negative_shifts_are_refused():
    with pytest.raises(ValueError, match=r"^layer conv: shift must be at least 0, not -1"):
        layer(shift=-1)


def test_unknown_pooling_is_refused():
    with pytest.raises(ValueError, match=r"^kind must be max or average, not sum$"):
        Pool(kind="sum", kernel=(2, 2), stride=(2, 2))
