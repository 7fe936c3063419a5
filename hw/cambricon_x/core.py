"""The core of a Cambricon-X: Crane's, around another array."""

from grus.hw.cambricon_x.array import CambriconXArray
from grus.hw.core.crane_core import CraneCore

__all__ = ["CambriconXCore"]


class CambriconXCore(CraneCore):
    """Work through tiles as Crane does, and skip zero weights only.

    Loaders, RAMs, the sequence of rounds, output unit and counters are those of
    :class:`CraneCore`; a tile's `steal` means nothing. In `macs` are the effectual pairs, in
    `idle_slots` the products with a zero input as well as lanes without a weight.

    Parameters and members are those of :class:`CraneCore`.
    """

    def _make_groups(self):
        return [CambriconXArray(self.config)]
