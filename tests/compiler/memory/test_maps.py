"""Maps in memory, checked address by address."""

import numpy as np
import pytest

from grus.compiler.memory.maps import pack_map, plan_map, unpack_map
from grus.compiler.memory.slots import SlotWidths
from grus.golden.encoding import encode_segment

WIDTHS = [SlotWidths(16, 4, 8), SlotWidths(16, 4, 16), SlotWidths(8, 2, 16)]


def random_map(shape, density=0.4):
    rng = np.random.default_rng(5)
    return rng.integers(-128, 128, shape) * (rng.random(shape) < density)


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("dense", [False, True])
@pytest.mark.parametrize(("shape", "length"), [((7, 3, 5), 7), ((11, 2, 3), 4), ((1, 1, 1), 9)])
def test_is_read_back_whatever_lies_between(widths, dense, shape, length):
    values = random_map(shape)
    plan = plan_map(shape, length, widths, dense=dense)
    content = pack_map(values, plan, widths)
    assert len(content) == plan.bytes_in_all
    np.testing.assert_array_equal(unpack_map(content, plan, widths), values)
    far = plan._replace(
        part_stride=plan.part_stride + 5 * widths.word_bytes,
        row_stride=plan.row_stride + widths.word_bytes,
        count_base=plan.count_base + 1000,
        count_row_stride=plan.count_row_stride + 3,
        count_part_stride=plan.count_part_stride + 2000,
    )
    np.testing.assert_array_equal(unpack_map(pack_map(values, far, widths), far, widths), values)


@pytest.mark.parametrize("widths", WIDTHS)
def test_each_encoded_pixel_has_its_place(widths):
    values = random_map((11, 4, 6))
    plan = plan_map(values.shape, 4, widths, dense=False)
    content = pack_map(values, plan, widths)
    for part, row, column in np.ndindex(plan.parts, 4, 6):
        segment = encode_segment(
            values[4 * part : 4 * part + 4, row, column], index_bits=widths.index_bits
        )
        at = plan.count_base + part * plan.count_part_stride + row * plan.count_row_stride
        assert content[at + column] == segment.count
        at = part * plan.part_stride + row * plan.row_stride + column * plan.pixel_stride
        word = int.from_bytes(content[at : at + widths.word_bytes], "little")
        if segment.count:
            mask = (1 << widths.data_bits) - 1
            assert word & mask == int(segment.values[0]) & mask
            zeros = word >> widths.data_bits & (1 << widths.index_bits) - 1
            assert zeros == segment.zeros[0]


def test_dense_pixels_follow_each_other():
    widths = SlotWidths(16, 4, 16)
    values = random_map((5, 2, 7), density=1.0)
    plan = plan_map(values.shape, 3, widths, dense=True)
    assert (plan.parts, plan.last_length, plan.row_stride, plan.pixel_stride) == (2, 2, 48, 6)
    content = pack_map(values, plan, widths)
    at = plan.part_stride + plan.row_stride + 2 * 2 * 4  # part 1, row 1, column 4
    assert np.frombuffer(content, "<i2", count=2, offset=at).tolist() == values[3:, 1, 4].tolist()


def test_rejects_a_part_that_a_byte_cannot_count():
    with pytest.raises(ValueError, match=r"^length must be at most 255 if encoded, not 256$"):
        plan_map((256, 1, 1), 256, WIDTHS[0], dense=False)


def test_rejects_half_a_map():
    plan = plan_map((4, 2, 2), 4, WIDTHS[0], dense=True)
    with pytest.raises(ValueError, match=r"^content must be 32 bytes, not 5$"):
        unpack_map(bytes(5), plan, WIDTHS[0])
