"""The component that a design's parameters describe."""

from grus.hw.cambricon_x.config import CambriconXConfig
from grus.hw.cambricon_x.core import CambriconXCore
from grus.hw.config import CraneConfig
from grus.hw.core.crane_core import CraneCore

__all__ = ["core_of"]


def core_of(config: CraneConfig) -> CraneCore:
    """The core of a design; all have the same ports.

    Parameters
    ----------
    config : CraneConfig
        The design, of any kind.
    """
    return CambriconXCore(config) if isinstance(config, CambriconXConfig) else CraneCore(config)
