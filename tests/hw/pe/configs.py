"""Machines that the components of a processing element are tested in."""

from grus.hw.presets import SMALL, TINY

CONFIGS = [
    TINY,
    SMALL.with_overrides(name="short-patches", patch_positions=48),
    TINY.with_overrides(name="no-lookahead", multipliers=4, lookahead=4, index_bits=1),
    TINY.with_overrides(name="two-multipliers", multipliers=2, lookahead=10, data_bits=4),
]
