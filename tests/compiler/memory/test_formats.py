"""Work-items and biases in memory, checked slot by slot."""

import numpy as np
import pytest

from grus.compiler.memory.formats import pack_biases, pack_dense_segments, pack_segments
from grus.compiler.memory.slots import SlotWidths, pack_slots, unpack_slots
from grus.golden.segments import Segments, decode_segments, encode_segments

WIDTHS = [SlotWidths(16, 4, 8), SlotWidths(16, 4, 16), SlotWidths(8, 2, 64)]


def words(content, widths):
    step = widths.word_bytes
    return [
        int.from_bytes(content[at : at + step], "little") for at in range(0, len(content), step)
    ]


def slots_of(content, slot_bits, widths):
    """Slots by the definition: whole ones in a word, the lowest bits first."""
    per_word = widths.word_bytes * 8 // slot_bits
    slots = []
    for word in words(content, widths):
        slots += [word >> place * slot_bits & (1 << slot_bits) - 1 for place in range(per_word)]
        assert word >> per_word * slot_bits == 0
    return slots


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("density", [0.0, 0.3, 1.0])
def test_encoded_segments_follow_their_counters(widths, density):
    rng = np.random.default_rng(1)
    dense = rng.integers(-128, 128, (9, 31)) * (rng.random((9, 31)) < density)
    segments = encode_segments(dense, index_bits=widths.index_bits)
    content = pack_segments(segments, widths)
    slots = iter(slots_of(content, widths.pair_bits, widths))
    sign = 1 << (widths.data_bits - 1)
    values, zeros = [], []
    for counter in segments.counters:
        assert next(slots) == counter
        pairs = [next(slots) for _ in range(counter)]
        values += [((pair & (2 * sign - 1)) ^ sign) - sign for pair in pairs]
        zeros += [pair >> widths.data_bits for pair in pairs]
    read = Segments(segments.counters, np.array(values, int), np.array(zeros, int))
    again = decode_segments(read, 31, index_bits=widths.index_bits)
    np.testing.assert_array_equal(again, dense)
    rest = list(slots)
    assert not any(rest)
    assert len(rest) < widths.encoded_slots


@pytest.mark.parametrize("widths", WIDTHS)
def test_dense_segments_have_no_gaps(widths):
    values = np.random.default_rng(2).integers(-128, 128, (5, 7))
    content = pack_dense_segments(values, widths)
    assert len(content) % widths.word_bytes == 0
    kind = f"<i{widths.value_bytes}"
    assert np.frombuffer(content, kind)[:35].tolist() == values.reshape(-1).tolist()


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("outputs", [0, 1, 9])
def test_biases_take_8_bytes(widths, outputs):
    biases = np.random.default_rng(3).integers(-(1 << 47), 1 << 47, outputs)
    content = pack_biases(biases, widths)
    assert np.frombuffer(content, "<i8")[:outputs].tolist() == biases.tolist()
    assert len(content) == widths.round_up(8 * outputs)


@pytest.mark.parametrize("widths", WIDTHS)
def test_slots_are_read_back(widths):
    slots = np.random.default_rng(4).integers(0, 1 << widths.pair_bits, 50)
    content = pack_slots(slots, widths.pair_bits, widths.word_bytes)
    read = unpack_slots(content, widths.pair_bits, widths.word_bytes)
    assert read.shape[1] == widths.encoded_slots
    assert read.reshape(-1)[:50].tolist() == slots.tolist()


def test_rejects_half_a_word():
    with pytest.raises(ValueError, match=r"^content must be whole words of 8 bytes, not 9$"):
        unpack_slots(bytes(9), 20, 8)


def test_rejects_a_counter_that_no_slot_holds():
    segments = Segments(np.array([2000]), np.zeros(2000, int), np.zeros(2000, int))
    with pytest.raises(ValueError, match=r"^counters must be below 1024, .*, not 2000$"):
        pack_segments(segments, SlotWidths(8, 2, 8))
