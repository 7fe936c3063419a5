"""Encoded segments as beats of a stream."""

import random

from grus.golden.encoding import encode_segment


def beats_of(dense, config):
    """Beats of one segment, all full but the last."""
    segment = encode_segment(dense, index_bits=config.index_bits)
    pairs = [
        {"value": int(value), "zeros": int(zeros)}
        for value, zeros in zip(segment.values, segment.zeros, strict=True)
    ]
    lanes = config.stream_pairs
    starts = range(0, max(len(pairs), 1), lanes)
    return [
        beat(
            pairs[start : start + lanes], config, count=len(pairs) if start == starts[-1] else None
        )
        for start in starts
    ]


def beat(pairs, config, *, count=None):
    """One beat; `count` is the segment's counter if it ends here. Unused lanes are noise."""
    noise = [
        {"value": random.randint(-7, 7), "zeros": random.randint(0, config.largest_run)}
        for _ in range(config.stream_pairs - len(pairs))
    ]
    last = count is not None
    return {
        "pairs": pairs + noise,
        "used": len(pairs),
        "last": int(last),
        "count": count if last else random.getrandbits(config.count_bits),
    }


def random_segment(rng, config, length, *, density=0.5):
    """Values of one segment, zeros included."""
    high = 1 << (config.data_bits - 1)
    dense = rng.integers(-high, high, size=length)
    dense[rng.random(length) > density] = 0
    return dense
