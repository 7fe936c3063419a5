"""RTLIL of whole designs, remembered by what it is generated from."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
from pathlib import Path
from typing import Literal

from amaranth.lib.wiring import Component

import grus.golden
import grus.hw
from grus.cache import cache_folder
from grus.hw.accelerator.crane_accelerator import CraneAccelerator
from grus.hw.config import CraneConfig
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.emit import to_rtlil
from grus.hw.tops import core_of

__all__ = ["Top", "emit_design"]

Top = Literal["core", "accelerator"]


def emit_design(config: CraneConfig, top: Top = "core", axi: AxiConfig | None = None) -> str:
    """RTLIL of a design.

    Kept in the cache folder, by parameters and by the text of all that generates RTL: a large
    design takes a minute to generate.

    Parameters
    ----------
    config : CraneConfig
        The machine.
    top : str
        The core alone, or the accelerator with its DMA and registers.
    axi : AxiConfig, optional
        Its bus; of no use to the core.

    Returns
    -------
    str
        As :func:`grus.hw.emit.to_rtlil` writes it.
    """
    axi = axi or AxiConfig()
    parameters = json.dumps([config.to_dict(), top, axi.to_dict()], sort_keys=True)
    kind = type(config).__name__
    content = "\n".join([kind, parameters, importlib.metadata.version("amaranth"), *_sources()])
    key = hashlib.sha256(content.encode()).hexdigest()[:32]
    file = cache_folder() / "rtlil" / f"{key}.il"
    if file.is_file():
        return file.read_text(encoding="utf-8")
    component: Component
    if top == "core":
        component = core_of(config)
    else:
        component = CraneAccelerator(SlotFormat(config=config, axi=axi))
    rtlil = to_rtlil(component)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_text(rtlil, encoding="utf-8")
    unfinished.replace(file)
    return rtlil


def _sources() -> list[str]:
    """Texts of the rooms that take part: the RTL, and the number formats that it shares."""
    folders = (folder for room in (grus.hw, grus.golden) for folder in room.__path__)
    return [
        file.read_text(encoding="utf-8")
        for folder in folders
        for file in sorted(Path(folder).rglob("*.py"))
    ]
