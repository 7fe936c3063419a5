"""The board that tests play."""

from grus.hw.board.config import BoardConfig
from grus.hw.dma.config import AxiConfig
from grus.hw.dma.slot_format import SlotFormat
from grus.hw.presets import TINY

BIT_CYCLES = 4
SLOTS = SlotFormat(config=TINY, axi=AxiConfig(data_bits=64, burst_words=8))
CONFIG = BoardConfig(axi=SLOTS.axi, memory_bytes=4096 * 3, bit_cycles=BIT_CYCLES)
