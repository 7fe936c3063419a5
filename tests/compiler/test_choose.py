"""What does not fit a design is refused, with the limit and the way out."""

import numpy as np
import pytest

from grus.compiler.choose import choose_tiling
from grus.compiler.layer import Layer, Pool
from grus.compiler.packing import pack_kernels, rows_of
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


FEW_SUMS = SMALL.with_overrides(name="few sums", resident_ram_bytes=1 << 16, output_ram_bytes=384)


@pytest.mark.parametrize("design", [SMALL, TINY, FEW_SUMS], ids=lambda design: design.name)
def test_fits_the_rams(design):
    """Resident rows and sums of the fullest bank; the patch."""
    wide = layer(outputs=50, channels=30)
    tiling = choose_tiling(wide, (30, 11, 13), design)
    assert len(tiling.blocks) > 1
    for block in tiling.blocks:
        items = -(-block.outputs.length // design.pes)
        assert items * tiling.strip.columns <= design.output_words
        for piece in block.slices:
            run = (tiling.strip.columns + 2) * piece.length
            assert 2 * tiling.strip.row_step + run <= design.patch_positions
            segments = pack_kernels(
                wide, block.outputs, piece, tiling.strip, index_bits=design.index_bits
            )
            rows = rows_of(segments.counters, design)
            banks = [int(rows[pe :: design.pes].sum()) for pe in range(design.pes)]
            assert max(banks) <= design.resident_rows


@pytest.mark.parametrize("groups", [2, 12])
def test_outputs_read_the_channels_of_their_groups(groups):
    grouped = layer(outputs=24, channels=24 // groups, window=Window(groups=groups))
    for block in choose_tiling(grouped, (24, 6, 6), SMALL).blocks:
        read = {channel for piece in block.slices for channel in range(piece.start, piece.stop)}
        per_group = 24 // groups
        needed = range(block.outputs.start // per_group, -(-block.outputs.stop // per_group))
        assert read == {group * per_group + place for group in needed for place in range(per_group)}


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
