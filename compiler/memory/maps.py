"""Maps as they lie in memory, in parts; the format is that of ``docs/memory.md``."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from grus.compiler.memory.slots import SlotWidths, pack_slots, pairs_of, unpack_slots, words_of
from grus.golden.segments import Segments, decode_segments, encode_segments

__all__ = ["LARGEST_PART", "MapPlan", "pack_map", "pixel_words", "plan_map", "unpack_map"]

LARGEST_PART = 255  # channels of an encoded part: a pixel's counter is a byte


class MapPlan(NamedTuple):
    """Where the parts, rows and pixels of a map lie, counted from the map's beginning.

    Attributes
    ----------
    dense : bool
        Dense or encoded.
    channels, rows, columns : int
        Shape of the map.
    length : int
        Channels of each part but the last.
    part_stride, row_stride, pixel_stride : int
        Distances of parts, rows of a part, pixels of a row [bytes].
    count_base, count_part_stride, count_row_stride : int
        Where the counters begin, and distances of those of parts and rows [bytes]; all zero if
        dense.
    """

    dense: bool
    channels: int
    rows: int
    columns: int
    length: int
    part_stride: int
    row_stride: int
    pixel_stride: int
    count_base: int = 0
    count_part_stride: int = 0
    count_row_stride: int = 0

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return -(-self.channels // self.length)

    @property
    def last_length(self) -> int:
        """Channels of the last part."""
        return self.channels - (self.parts - 1) * self.length

    @property
    def bytes_in_all(self) -> int:
        """Size of the map with its counters [bytes]."""
        return self.parts * (self.part_stride + self.count_part_stride)

    def length_of(self, part: int) -> int:
        """Channels of a part."""
        return self.last_length if part == self.parts - 1 else self.length


def plan_map(
    shape: tuple[int, int, int], length: int, widths: SlotWidths, *, dense: bool
) -> MapPlan:
    """Lay a map out, each pixel and row as close to the one before as its largest size allows.

    Parameters
    ----------
    shape : tuple of int
        Channels, rows and columns.
    length : int
        Channels of a part, at least 1.
    widths : SlotWidths
        Widths of what lies in memory.
    dense : bool
        Dense or encoded.

    Raises
    ------
    ValueError
        If a part has more channels than a counter can count.
    """
    channels, rows, columns = shape
    length = min(length, channels)
    if not dense and length > LARGEST_PART:
        raise ValueError(f"length must be at most {LARGEST_PART} if encoded, not {length}")
    if dense:
        pixel = length * widths.value_bytes
        row = widths.round_up(columns * pixel)
        return MapPlan(True, channels, rows, columns, length, rows * row, row, pixel)
    pixel = -(-length // widths.encoded_slots) * widths.word_bytes
    row, count_row = columns * pixel, widths.round_up(columns)
    parts = -(-channels // length)
    counts = (parts * rows * row, rows * count_row, count_row)
    return MapPlan(False, channels, rows, columns, length, rows * row, row, pixel, *counts)


def pack_map(values: NDArray[np.integer], plan: MapPlan, widths: SlotWidths) -> bytes:
    """Write a map.

    Parameters
    ----------
    values : ndarray of int, shape (channels, rows, columns)
        The map.
    plan : MapPlan
        Where it lies.
    widths : SlotWidths
        Widths of what lies in memory.

    Returns
    -------
    bytes
        All of it; what lies between the pixels is zero.
    """
    content = np.zeros(plan.bytes_in_all, dtype=np.uint8)
    pixels_first = np.moveaxis(np.asarray(values, dtype=np.int64), 0, -1)
    for part in range(plan.parts):
        first = part * plan.length
        block = pixels_first[..., first : first + plan.length]
        for row in range(plan.rows):
            start = part * plan.part_stride + row * plan.row_stride
            if plan.dense:
                packed = pack_slots(block[row].reshape(-1), widths.data_bits, widths.word_bytes)
                _put(content, start, np.frombuffer(packed, dtype=np.uint8))
            else:
                counters = _pack_row(content[start:], block[row], plan, widths)
                place = plan.count_base + part * plan.count_part_stride
                _put(content, place + row * plan.count_row_stride, counters.astype(np.uint8))
    return content.tobytes()


def pixel_words(
    values: NDArray[np.integer], plan: MapPlan, widths: SlotWidths
) -> NDArray[np.int64]:
    """Words that the pixels of an encoded map take.

    Parameters
    ----------
    values : ndarray of int, in the order of (channels, rows, columns)
        The map.
    plan : MapPlan
        Its encoded plan.
    widths : SlotWidths
        Widths of what lies in memory.

    Returns
    -------
    ndarray of int64, shape (parts, rows, columns)
        Words.
    """
    shape = plan.channels, plan.rows, plan.columns
    pixels_first = np.moveaxis(np.asarray(values, dtype=np.int64).reshape(shape), 0, -1)
    pixels = pixels_first.reshape(-1, plan.channels)
    words = []
    for part in range(plan.parts):
        block = pixels[:, part * plan.length : (part + 1) * plan.length]
        counters = encode_segments(block, index_bits=widths.index_bits).counters
        words.append(-(-counters.reshape(shape[1:]) // widths.encoded_slots))
    return np.stack(words)


def _put(content: NDArray[np.uint8], start: int, piece: NDArray[np.uint8]) -> None:
    content[start : start + len(piece)] = piece


def _pack_row(
    content: NDArray[np.uint8], pixels: NDArray[np.int64], plan: MapPlan, widths: SlotWidths
) -> NDArray[np.int64]:
    """Encode the pixels of a row, each at its place; return their counters."""
    segments = encode_segments(pixels, index_bits=widths.index_bits)
    counters, per_word = segments.counters, widths.encoded_slots
    pixel = np.repeat(np.arange(len(counters)), counters)
    place = np.arange(len(pixel)) - np.repeat(np.cumsum(counters) - counters, counters)
    words = -(-pixels.shape[1] // per_word)
    slots = np.zeros((len(counters), words * per_word), dtype=np.int64)
    slots[pixel, place] = pairs_of(segments, widths)
    packed = words_of(slots.reshape(-1, per_word), widths.pair_bits, widths.word_bytes)
    for column, piece in enumerate(packed.reshape(len(counters), -1)):
        _put(content, column * plan.pixel_stride, piece)
    return counters


def unpack_map(content: bytes, plan: MapPlan, widths: SlotWidths) -> NDArray[np.int64]:
    """Read a map back; the inverse of :func:`pack_map`.

    What lies between the pixels, and behind a pixel's pairs, may be anything.

    Returns
    -------
    ndarray of int64, shape (channels, rows, columns)
        The map.

    Raises
    ------
    ValueError
        If `content` is too short, or a pixel's pairs contradict themselves.
    """
    if len(content) < plan.bytes_in_all:
        raise ValueError(f"content must be {plan.bytes_in_all} bytes, not {len(content)}")
    read = _read_dense_row if plan.dense else _read_encoded_row
    parts = [
        np.stack([read(content, plan, widths, part, row) for row in range(plan.rows)])
        for part in range(plan.parts)
    ]
    return np.moveaxis(np.concatenate(parts, axis=-1), -1, 0)


def _read_dense_row(
    content: bytes, plan: MapPlan, widths: SlotWidths, part: int, row: int
) -> NDArray[np.int64]:
    length = plan.length_of(part)
    start = part * plan.part_stride + row * plan.row_stride
    values = np.frombuffer(
        content, f"<i{widths.value_bytes}", count=plan.columns * length, offset=start
    )
    return values.reshape(plan.columns, length).astype(np.int64)


def _read_encoded_row(
    content: bytes, plan: MapPlan, widths: SlotWidths, part: int, row: int
) -> NDArray[np.int64]:
    place = plan.count_base + part * plan.count_part_stride + row * plan.count_row_stride
    counters = np.frombuffer(content, np.uint8, count=plan.columns, offset=place)
    start = part * plan.part_stride + row * plan.row_stride
    pairs = []
    for column, count in enumerate(counters.tolist()):
        first = start + column * plan.pixel_stride
        size = -(-count // widths.encoded_slots) * widths.word_bytes
        words = unpack_slots(content[first : first + size], widths.pair_bits, widths.word_bytes)
        pairs.append(words.reshape(-1)[:count])
    slots = np.concatenate(pairs)
    sign = 1 << (widths.data_bits - 1)
    values = ((slots & (2 * sign - 1)) ^ sign) - sign
    segments = Segments(counters.astype(np.int64), values, slots >> widths.data_bits)
    return decode_segments(segments, plan.length_of(part), index_bits=widths.index_bits)
