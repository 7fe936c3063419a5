"""Ways to memory for the tests: narrow, wide, long and short bursts, odd numbers."""

from grus.hw.dma.config import AxiConfig

NARROW = AxiConfig(data_bits=64, address_bits=32, burst_words=16, outstanding_bursts=4)
WIDE = AxiConfig(data_bits=512, address_bits=40, burst_words=256, outstanding_bursts=2)
SINGLE = AxiConfig(data_bits=128, address_bits=64, burst_words=1, outstanding_bursts=16)
ODD = AxiConfig(data_bits=64, address_bits=33, burst_words=5, outstanding_bursts=1)

CONFIGS = {"narrow": NARROW, "wide": WIDE, "single": SINGLE, "odd": ODD}
