"""Machines that several tests play, so that each is built once."""

from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import SMALL, TINY

__all__ = ["DIGITS", "SLOTS", "SMALL_SLOTS"]

# The smallest machine that the layers of examples/digits fit.
DIGITS = TINY.with_overrides(
    name="digits", resident_ram_bytes=900, broadcast_ram_bytes=1000, output_ram_bytes=1600
)
SLOTS = SlotFormat(config=DIGITS, axi=AxiConfig(data_bits=64, burst_words=8))
SMALL_SLOTS = SlotFormat(config=SMALL, axi=AxiConfig())
