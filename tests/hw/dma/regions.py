"""Maps, regions of them, and what must come of a region."""

import random

import numpy as np

from grus.golden.encoding import encode_segment

STRIDES = ("part_stride", "row_stride", "pixel_stride", "count_part_stride", "count_row_stride")


def random_map(config, shape, density):
    rng = np.random.default_rng(random.getrandbits(32))
    high = 1 << (config.data_bits - 1)
    return rng.integers(-high, high, shape) * (rng.random(shape) < density)


def random_region(values):
    """Inside the map, over its edges on any side, around it, or beside it."""
    region = {}
    for axis, name, count in ((1, "row", "rows"), (2, "column", "columns")):
        size = values.shape[axis]
        first = random.randint(-3, size)
        region |= {f"first_{name}": first, count: random.randint(1, size + 4 - first)}
    return region


def pixel_pairs(config, channels):
    segment = encode_segment(channels, index_bits=config.index_bits)
    return list(zip(segment.values.tolist(), segment.zeros.tolist(), strict=True))


def expected_segments(config, values, plan, region, parts):
    """By the definition: pixels outside the map are empty."""
    first_row, first_column = region["first_row"], region["first_column"]
    for part in range(parts):
        block = values[part * plan.length : (part + 1) * plan.length]
        for row in range(first_row, first_row + region["rows"]):
            columns = range(first_column, first_column + region["columns"])
            inside = [c for c in columns if 0 <= row < plan.rows and 0 <= c < plan.columns]
            if plan.dense and parts > 1:
                yield from (
                    [(int(value), 0) for value in block[:, row, c]] if c in inside else []
                    for c in columns
                )
            elif plan.dense:
                dense = np.concatenate([block[:, row, c] for c in inside]) if inside else []
                left = max(0, -first_column) * len(block) if inside else 0
                yield [(0, 0)] * left + [(int(value), 0) for value in dense]
            else:
                yield from (
                    pixel_pairs(config, block[:, row, c]) if c in inside else [] for c in columns
                )
