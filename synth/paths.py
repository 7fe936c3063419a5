"""Compares the paths of a design with that of a multiplier."""

from __future__ import annotations

from grus.hw.pe.multipliers import Multipliers
from grus.hw.presets import CRANE_IS
from grus.synth.area import report_area
from grus.synth.delay import Path
from grus.synth.design_path import DesignPath
from grus.synth.flow import Flow
from grus.synth.report import AreaReport, ModuleArea

__all__ = ["LONG", "long_paths", "multiplier_design_path", "multiplier_path"]

# A path that is longer than this many multipliers wants a register.
LONG = 1.5


def multiplier_path(flow: Flow) -> Path:
    """The path of a 16 x 16 bit multiplier between registers, mapped by the same flow.

    Raises
    ------
    ValueError
        If the flow has no delays.
    """
    path = _multiplier(flow).by_delay
    if not path or path[0].path is None:
        raise ValueError("flow must be timed to compare paths, and is not")
    return path[0].path


def multiplier_design_path(flow: Flow) -> DesignPath | None:
    """That multiplier's path as :func:`grus.synth.design_path.find_design_path` finds it."""
    return _multiplier(flow).path


def _multiplier(flow: Flow) -> AreaReport:
    config = CRANE_IS.with_overrides(data_bits=16, multipliers=2)
    return report_area(Multipliers(config), flow)


def long_paths(report: AreaReport, reference: Path) -> tuple[ModuleArea, ...]:
    """Modules whose path is longer than :data:`LONG` times a reference, the longest first."""
    limit_ps = LONG * reference.delay_ps
    return tuple(m for m in report.by_delay if m.path and m.path.delay_ps > limit_ps)
