"""The parameters of a Cambricon-X.

Imports nothing of Amaranth, so that every room may read it.
"""

from __future__ import annotations

from dataclasses import dataclass

from grus.hw.checks import require
from grus.hw.config import CraneConfig

__all__ = ["CambriconXConfig"]


@dataclass(frozen=True, kw_only=True)
class CambriconXConfig(CraneConfig):
    """Parameters of one Cambricon-X machine.

    They are Crane's, so that layers are cut and encoded in the same way; what differs is that a
    resident row holds one weight for each multiplier, and that one buffer controller serves all
    processing elements, which do not steal. The defaults are the machine of Crane's authors
    (section 5.1.4), with the window of 256 inputs that is told of the original.

    Parameters
    ----------
    group_pes : int
        As many as `pes`.
    lookahead : int
        Weights of a resident row; as many as `multipliers`.
    patch_positions : int
        Inputs of the window that the indexing modules select from.
    resident_ram_bytes, broadcast_ram_bytes, output_ram_bytes : int
        The original's synapse buffers, NBin and NBout.
    **others
        As in :class:`CraneConfig`.

    Raises
    ------
    TypeError, ValueError
        As in :class:`CraneConfig`, or if there is more than one group or a row of another length.
    """

    lookahead: int = 16
    patch_positions: int = 256
    resident_ram_bytes: int = 32 * 1024
    broadcast_ram_bytes: int = 8 * 1024

    def __post_init__(self) -> None:
        super().__post_init__()
        require(
            self.lookahead == self.multipliers,
            f"lookahead of a Cambricon-X must be multipliers={self.multipliers}, "
            f"not {self.lookahead}: set both",
        )
        require(
            self.group_pes == self.pes,
            f"group_pes of a Cambricon-X must be pes={self.pes}, not {self.group_pes}: set both",
        )
