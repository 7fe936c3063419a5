"""What the tests of this folder compare with, by plain counting."""

import random

import numpy as np

from grus.golden.encoding import encode_segment
from grus.hw.encoding.pair_locator import GROUP_LANES
from tests.support.ports import flags


def random_operand(config, density):
    """Dense values of one patch, or of one work-item's resident operand."""
    half = 2 ** (config.data_bits - 1)
    return np.array(
        [
            random.choice((-half, half - 1, random.randint(-half, half - 1)))
            if random.random() < density
            else 0
            for _ in range(config.patch_positions)
        ],
        np.int64,
    )


def rows_of(dense, config):
    """Resident rows of a work-item, at least one."""
    encoded = encode_segment(dense, index_bits=config.index_bits)
    pairs = list(zip(encoded.values.tolist(), encoded.zeros.tolist(), strict=True))
    starts = range(0, len(pairs) or 1, config.lookahead)
    return [row_of(pairs[start:][: config.lookahead], config) for start in starts]


def row_of(pairs, config):
    """One row; pairs behind its end have value zero."""
    pairs = [{"value": value, "zeros": zeros} for value, zeros in pairs]
    while len(pairs) < config.lookahead:
        pairs.append({"value": 0, "zeros": random.randint(0, config.largest_run)})
    return {"pairs": pairs}


def effectual_pairs(resident, broadcast):
    """Value of the resident operand and position of each effectual pair, in order."""
    places = np.flatnonzero((resident != 0) & (broadcast != 0))
    return [(int(resident[place]), int(place)) for place in places]


def hits_of(rows, broadcast, config):
    """Effectual pairs in each row."""
    counts, end = [], -1
    for row in rows:
        values = np.array([pair["value"] for pair in row["pairs"]])
        steps = np.array([pair["zeros"] + 1 for pair in row["pairs"]])
        places = end + np.cumsum(steps)
        end = places[-1]
        counts.append(int(np.count_nonzero(broadcast[places[values != 0]])))
    return counts


def positions_of(located, config):
    """Positions of a located row's values, from its groups' starts and its lanes' offsets."""
    return [
        (located["starts"][lane // GROUP_LANES] + offset) % 2**config.position_bits
        for lane, offset in enumerate(located["offsets"])
    ]


def counted(hits):
    """Marks of a row's effectual pairs, 1 for each, and what the matcher counts of the others."""
    groups = [hits[first:][:GROUP_LANES] for first in range(0, len(hits), GROUP_LANES)]
    return {
        "hits": flags(lane for lane, hit in enumerate(hits) if hit),
        "misses_before": [n - sum(group[:n]) for group in groups for n in range(len(group))],
        "misses_of": [len(group) - sum(group) for group in groups],
    }


def match_schedule(hits, multipliers):
    """Matches of one work-item from the effectual pairs in each of its rows.

    Cycle and count of each match, if the first row enters the joiner in cycle -1 and nothing
    stalls; then the cycles that the work-item takes in all.
    """
    matches, left, cycle = [], 0, 0
    for row, arriving in enumerate(hits):
        full, left = divmod(left + arriving, multipliers)
        counts = [multipliers] * full
        if row == len(hits) - 1 and (left or not full):
            counts.append(left)
        matches += [(cycle + n, count) for n, count in enumerate(counts)]
        cycle += max(1, len(counts))
    return matches, cycle


def schedule(items, multipliers):
    """The same for work-items one behind the other: cycle, count and end mark of each match."""
    matches, start = [], 0
    for hits in items:
        own, cycles = match_schedule(hits, multipliers)
        matches += [
            (start + cycle, count, int(n == len(own) - 1)) for n, (cycle, count) in enumerate(own)
        ]
        start += cycles
    return matches
