"""Named designs, and designs from files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grus.hw.cambricon_x.config import CambriconXConfig
from grus.hw.config import CraneConfig

__all__ = [
    "CAMBRICON_X",
    "CAMBRICON_X_SMALL",
    "CAMBRICON_X_TINY",
    "CRANE_IS",
    "PRESETS",
    "SMALL",
    "TINY",
    "ULX3S",
    "load_config",
]

# The paper's input-sharing machine (Crane, section 5.1.4), with a lookahead of 4 x 16 pairs and
# patches of 3 x 3 x 64 positions.
CRANE_IS = CraneConfig(name="crane-is")

# Simulates fast on any simulator, and still tiles real layers.
SMALL = CraneConfig(
    name="crane-is-small",
    pes=4,
    group_pes=4,
    multipliers=4,
    lookahead=16,
    patch_positions=144,
    broadcast_lanes=16,
    stream_pairs=4,
    resident_ram_bytes=2560,
    broadcast_ram_bytes=1024,
    output_ram_bytes=1536,
    pool_words=64,
    pool_window=64,
)

# Half of that in elements, lookahead and patch: fits the ECP5 of a ULX3S, and is built in time.
ULX3S = replace(
    SMALL,
    name="crane-is-ulx3s",
    pes=2,
    group_pes=2,
    lookahead=8,
    patch_positions=72,
    broadcast_lanes=8,
    resident_ram_bytes=640,
    broadcast_ram_bytes=512,
    output_ram_bytes=768,
)

# The smallest machine that has every part, for tests: nothing is a power of two by accident.
TINY = CraneConfig(
    name="crane-is-tiny",
    data_bits=8,
    index_bits=2,
    accumulator_bits=28,
    max_terms=2047,
    pes=3,
    group_pes=3,
    multipliers=3,
    lookahead=6,
    patch_positions=40,
    broadcast_lanes=8,
    stream_pairs=2,
    resident_ram_bytes=162,
    broadcast_ram_bytes=208,
    output_ram_bytes=273,
    pool_words=24,
    pool_window=25,
    counter_bits=24,
)

# The baseline of Crane-IS at its size, and what stands beside the two smaller machines.
CAMBRICON_X = CambriconXConfig(name="cambricon-x")


def _beside(crane: CraneConfig, **changes: Any) -> CambriconXConfig:
    """The Cambricon-X of a Crane's size."""
    return CambriconXConfig(**{**crane.to_dict(), "lookahead": crane.multipliers, **changes})


CAMBRICON_X_SMALL = _beside(
    SMALL,
    name="cambricon-x-small",
    patch_positions=64,
    resident_ram_bytes=2048,
    broadcast_ram_bytes=832,
)

CAMBRICON_X_TINY = _beside(
    TINY,
    name="cambricon-x-tiny",
    stream_pairs=3,
    resident_ram_bytes=130,
    broadcast_ram_bytes=176,
)

PRESETS = {
    config.name: config
    for config in (CRANE_IS, SMALL, ULX3S, TINY, CAMBRICON_X, CAMBRICON_X_SMALL, CAMBRICON_X_TINY)
}


def load_config(design: str, overrides: Mapping[str, Any] | None = None) -> CraneConfig:
    """Find a design by name or file, and change some of its parameters.

    Parameters
    ----------
    design : str
        Name of a preset, or path of a TOML file whose keys are parameters of
        :class:`CraneConfig`; a key `base` names the preset that the file starts from, which also
        says what kind of machine it is: a Crane without it.
    overrides : mapping, optional
        Parameters that replace those of the design.

    Returns
    -------
    CraneConfig
        The design.

    Raises
    ------
    TypeError, ValueError
        If there is no such design, the file is no TOML, or as in :class:`CraneConfig`.
    """
    if design in PRESETS:
        return PRESETS[design].with_overrides(**(overrides or {}))
    path = Path(design)
    if not path.is_file():
        raise ValueError(f"design must be one of {', '.join(PRESETS)} or a TOML file, not {design}")
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"design {design} must be a TOML file, and is not: {error}") from error
    base = settings.pop("base", None)
    if base is not None and base not in PRESETS:
        raise ValueError(f"base of {design} must be one of {', '.join(PRESETS)}, not {base}")
    start = CraneConfig(name=path.stem) if base is None else PRESETS[base]
    named = {"name": path.stem, **settings, **(overrides or {})}
    return start.with_overrides(**named)
