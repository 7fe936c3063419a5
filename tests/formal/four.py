"""The machine that the proofs are about: four processing elements, all else small."""

from grus.hw.config import CraneConfig

__all__ = ["FOUR"]

# Three rows a bank and five output words: neither is a power of two, and a strip may have several
# columns of one work-item, or columns of several.
FOUR = CraneConfig(
    name="four",
    data_bits=4,
    index_bits=1,
    accumulator_bits=16,
    max_terms=64,
    pes=4,
    group_pes=4,
    multipliers=2,
    lookahead=2,
    patch_positions=8,
    broadcast_lanes=4,
    stream_pairs=1,
    resident_ram_bytes=15,
    broadcast_ram_bytes=8,
    output_ram_bytes=40,
    pool_words=2,
    pool_window=4,
    counter_bits=16,
)
