"""From a design to its array."""

from __future__ import annotations

from grus.hw.cambricon_x.config import CambriconXConfig
from grus.hw.config import CraneConfig
from grus.sim.cycle.array.dense_rounds import DENSE_FETCH_CYCLES
from grus.sim.cycle.rounds.element import FETCH_CYCLES
from grus.sim.cycle.rounds.work import Array

__all__ = ["array_of"]

# Cycles from a work-item's last match to the arbiter, beside those of the adder tree: the
# multipliers' two registers, the last-level adder and the result registers, which a Cambricon-X
# does without.
_RESULT_CYCLES = 4
_DENSE_RESULT_CYCLES = 3


def array_of(config: CraneConfig) -> Array:
    """What of a design its array's timing depends on."""
    dense = isinstance(config, CambriconXConfig)
    return Array(
        pes=config.pes,
        group_pes=config.group_pes,
        multipliers=config.multipliers,
        latency=config.tree_levels + (_DENSE_RESULT_CYCLES if dense else _RESULT_CYCLES),
        fetch_cycles=DENSE_FETCH_CYCLES if dense else FETCH_CYCLES,
        dense=dense,
    )
