"""Independent packing of pairs into bytes, for the tests of the writing side."""

import numpy as np


def encoded_bytes(config, word_bytes, pairs):
    """Whole words of pairs, each a (value, zeros)."""
    bits = config.pair_bits
    per_word = word_bytes * 8 // bits
    words = []
    for first in range(0, len(pairs), per_word):
        word = 0
        for slot, (value, zeros) in enumerate(pairs[first : first + per_word]):
            word |= (zeros << config.data_bits | value % (1 << config.data_bits)) << slot * bits
        words.append(word.to_bytes(word_bytes, "little"))
    return b"".join(words)


def dense_bytes(config, values):
    """Values next to each other, little end first."""
    kind = {8: "<i1", 16: "<i2"}[config.data_bits]
    return np.asarray(values, dtype=kind).tobytes()
