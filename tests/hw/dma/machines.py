"""Machines and ways to memory that the writing side is tested with."""

from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import SMALL, TINY

# Its six lanes are more than one word of pairs.
BROAD = TINY.with_overrides(
    name="broad", pes=6, group_pes=2, resident_ram_bytes=360, output_ram_bytes=550, index_bits=7
)
CASES = {
    f"{config.name}-{bus}": SlotFormat(config=config, axi=AxiConfig(data_bits=bus))
    for config, bus in ((TINY, 64), (SMALL, 128), (BROAD, 64))
}
