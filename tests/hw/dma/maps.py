"""Random maps in memory, tiles of them, and what must be written; independent of the RTL."""

import random
from dataclasses import dataclass

from tests.hw.dma.packed import dense_bytes, encoded_bytes


def random_pairs(config, count, *, dense):
    limit = 1 << (config.data_bits - 1)
    return [
        (
            random.choice([-limit, limit - 1, 0, random.randrange(-limit, limit)]),
            0 if dense else random.randrange(1 << config.index_bits),
        )
        for _ in range(count)
    ]


@dataclass
class Map:
    """A map that begins at `base`, with gaps wherever its format allows them."""

    config: object
    word: int
    dense: bool
    base: int
    parts: int
    rows: int
    columns: int
    length: int
    last_length: int

    def __post_init__(self):
        per_word = self.word * 8 // self.config.pair_bits
        row_bytes = self.columns * self.length * self.config.data_bits // 8
        if self.dense:
            self.pixel_stride = random.getrandbits(16)  # means nothing
            self.row_stride = (-(-row_bytes // self.word) + random.randint(0, 2)) * self.word
        else:
            words = -(-self.length // per_word) + random.randint(0, 1)
            self.pixel_stride = words * self.word
            self.row_stride = self.columns * self.pixel_stride + random.randint(0, 2) * self.word
        self.part_stride = self.rows * self.row_stride + random.randint(0, 2) * self.word
        self.count_base = self.base + self.parts * self.part_stride + random.randint(0, self.word)
        self.count_row_stride = self.columns + random.randint(0, self.word)
        self.count_part_stride = self.rows * self.count_row_stride + random.randint(0, self.word)
        self.end = self.count_base + self.parts * self.count_part_stride

    def length_of(self, part):
        return self.last_length if part == self.parts - 1 else self.length

    def address(self, part, row, column):
        pixel = self.length_of(part) * self.config.data_bits // 8
        step = pixel if self.dense else self.pixel_stride
        return self.base + part * self.part_stride + row * self.row_stride + column * step

    def count_address(self, part, row, column):
        return (
            self.count_base + part * self.count_part_stride + row * self.count_row_stride + column
        )

    def writes(self, place, pairs):
        """What a segment must write: (address, bytes)."""
        if self.dense:
            data = dense_bytes(self.config, [value for value, _ in pairs])
            return [(self.address(*place), data)]
        data = encoded_bytes(self.config, self.word, pairs)
        return [(self.address(*place), data), (self.count_address(*place), bytes([len(pairs)]))]

    def random_tile(self):
        """A block of the map."""
        spans = {}
        for name in ("part", "row", "column"):
            count = getattr(self, f"{name}s")
            first = random.randrange(count)
            spans[name] = first, random.randint(1, count - first)
        return Tile(self, **spans)

    def whole(self):
        return Tile(self, part=(0, self.parts), row=(0, self.rows), column=(0, self.columns))


@dataclass
class Tile:
    """Some neighbouring parts, rows and columns, each (first, count)."""

    map: Map
    part: tuple
    row: tuple
    column: tuple

    @property
    def command(self):
        strides = ("base", "part_stride", "row_stride", "pixel_stride")
        counters = ("count_base", "count_part_stride", "count_row_stride")
        return {
            **{name: getattr(self.map, name) for name in (*strides, *counters)},
            "dense": int(self.map.dense),
            "first_part": self.part[0],
            "parts": self.part[1],
            "length": self.map.length,
            "last_length": self.map.length_of(sum(self.part) - 1),
            "first_row": self.row[0],
            "rows": self.row[1],
            "first_column": self.column[0],
            "columns": self.column[1],
        }

    @property
    def places(self):
        """Segments in the order in which they come."""
        parts, rows, columns = (
            range(first, first + count) for first, count in (self.part, self.row, self.column)
        )
        return [(part, row, column) for row in rows for column in columns for part in parts]

    def random_segments(self):
        """Pairs of each segment, none and the most among them; dense ones have all."""
        segments = []
        for part, _, _ in self.places:
            length = self.map.length_of(part)
            count = length
            if not self.map.dense:
                count = random.choice([0, length, random.randint(0, length)])
            segments.append(random_pairs(self.map.config, count, dense=self.map.dense))
        return segments

    def expect(self, memory, segments):
        """Write what must be written into a copy of the memory."""
        for place, pairs in zip(self.places, segments, strict=True):
            for address, data in self.map.writes(place, pairs):
                memory[address : address + len(data)] = data


def random_map(config, word, base, *, dense=None, largest=5, longest=40, parts=None):
    """A map whose parts have the same length, but for the last."""
    dense = random.random() < 0.5 if dense is None else dense
    length = random.randint(1, min(longest, 255))
    return Map(
        config=config,
        word=word,
        dense=dense,
        base=-(-base // word) * word,
        parts=random.choice([1, random.randint(1, 3)]) if parts is None else parts,
        rows=random.randint(1, largest),
        columns=random.randint(1, largest),
        length=length,
        last_length=random.randint(1, length),
    )


def beats_of(config, pairs, *, full=False):
    """Transfers of one segment; lanes that are not used hold noise."""
    groups, left = [], list(pairs)
    while left or not groups:
        used = config.pes if full else random.randint(1, config.pes)
        groups.append(left[:used])
        left = left[used:]
    if not full and random.random() < 0.2:
        groups.append([])
    beats = []
    for index, group in enumerate(groups):
        last = index == len(groups) - 1
        noise = random_pairs(config, config.pes - len(group), dense=False)
        beats.append(
            {
                "pairs": [{"value": value, "zeros": zeros} for value, zeros in [*group, *noise]],
                "used": len(group),
                "last": int(last),
                "count": len(pairs) if last else random.getrandbits(config.count_bits),
            }
        )
    return beats
